import Testing

@testable import Dispatching

@Suite struct HeldTasksTests {
    private func task(_ index: Int) -> TaskID { TaskID(array: ArrayID(4821), index: index) }

    private func waits(_ index: Int, _ reason: String) -> TaskSighting {
        TaskSighting(task: task(index), state: .pending, stateName: "PENDING", reason: reason)
    }

    @Test(arguments: [
        "PartitionTimeLimit", "PartitionNodeLimit", "QOSMaxWallDurationPerJobLimit", "QOSMaxCpuPerJobLimit",
        "QOSMaxNodePerJobLimit", "QOSMaxMemoryPerNode", "AssocMaxWallDurationPerJobLimit",
        "AssocMaxGRESPerJob",
        "AssocMaxCpuMinutesPerJobLimit", "QOSMinGRES", "InvalidAccount", "InvalidQOS", "AccountNotAllowed",
        "BadConstraints", "DependencyNeverSatisfied",
    ])
    func `no time lifts this`(reason: String) {
        #expect(WaitingReason.isLasting(reason))
        #expect(
            HeldTasks.hopeless([task(0)], [waits(0, reason)]) == "no task can start: 4821_0 (\(reason))")
        #expect(HeldTasks([waits(0, reason)]).text?.contains(reason) == true)
    }

    @Test(arguments: [
        "Resources", "Priority", "QOSMaxJobsPerUserLimit", "QOSMaxCpuPerUserLimit",
        "QOSMaxSubmitJobPerUserLimit",
        "AssocGrpCpuLimit", "QOSGrpCPUMinutesLimit", "AssocMaxJobsLimit", "MaxJobsPerAccount", "BeginTime",
        "Licenses", "ReqNodeNotAvail, May be reserved for other job", "JobArrayTaskLimit", "",
    ])
    func `time may lift this`(reason: String) {
        #expect(HeldTasks.hopeless([task(0)], [waits(0, reason)]) == nil)
        #expect(HeldTasks([waits(0, reason)]).text == nil)
    }

    @Test(arguments: ["JobHeldUser", "JobHeldAdmin", "launch failed requeued held", "PartitionDown"])
    func `a person who did this may undo it, so it is shown and ends nothing`(reason: String) {
        #expect(HeldTasks.hopeless([task(0)], [waits(0, reason)]) == nil)
        #expect(HeldTasks([waits(0, reason)]).text?.contains("4821_0 (\(reason))") == true)
    }

    @Test func `a study of which anything runs or may start is not hopeless`() {
        let stuck = waits(0, "PartitionTimeLimit")
        let running = TaskSighting(task: task(1), state: .running, stateName: "RUNNING")
        #expect(HeldTasks.hopeless([task(0), task(1)], [stuck, running]) == nil)
        #expect(HeldTasks.hopeless([task(0), task(1)], [stuck, waits(1, "Priority")]) == nil)
        // A task that the cluster does not report may have ended.
        #expect(HeldTasks.hopeless([task(0), task(1)], [stuck]) == nil)
        #expect(HeldTasks.hopeless([], []) == nil)
        #expect(
            HeldTasks.hopeless([task(0), task(1)], [stuck, waits(1, "PartitionTimeLimit")])
                == "no task can start: 4821_0 and 1 more (PartitionTimeLimit)")
    }

    @Test func `a study is stuck where each of its tasks waits for a person`() {
        let held = HeldTasks([waits(0, "JobHeldUser"), waits(1, "PartitionDown"), waits(2, "Priority")])
        #expect(held.holdsAll(of: [task(0), task(1)]))
        #expect(!held.holdsAll(of: [task(0), task(2)]))
        #expect(!held.holdsAll(of: []))
    }

    @Test func `only tasks that wait for a person are told of`() {
        #expect(HeldTasks([waits(1, "Resources"), waits(2, "Priority")]).text == nil)
        let held = HeldTasks([
            waits(3, "JobHeldUser"), waits(2, "JobHeldUser"), waits(9, "launch failed requeued held"),
        ])
        #expect(
            held.text
                == "tasks that will not start by themselves: 4821_2 and 1 more (JobHeldUser), "
                + "4821_9 (launch failed requeued held); release them (scontrol release) or cancel them (scancel)"
        )
    }
}
