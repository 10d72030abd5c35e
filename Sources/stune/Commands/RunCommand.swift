import ArgumentParser
import Clusters
import Controller
import Foundation
import Logging
import Spool
import StudyFile
import Tuning

/// `stune run`: the controller.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a study, or resume it where it stopped.",
        discussion: """
            Submits trials to the cluster, takes in their reports, and promotes the best, until all is done. \
            It may be stopped and started again at any time: everything is in the study's directory, and \
            tasks that run go on meanwhile. In a batch job of Slurm it submits the same job once more when its \
            time is nearly up, and hands the study over to that.

            On a cluster:  sbatch sbatch/controller.sbatch study.yaml
            On a laptop:   stune run study.yaml --cluster local

            Exit codes: 0 the study is complete; 1 it ended without a result, or was cancelled; 2 the study file \
            or the directory cannot be used; 3 it was stopped by a signal, or its time was up, and the same command \
            resumes it; 4 another controller holds the study; 5 another job goes on with it; 6 it is complete, but \
            trials failed that had been promoted, or more than a tenth of all trials failed alike.
            """)

    @OptionGroup var options: ControllerOptions

    @Flag(help: "While another controller holds the study, wait until it is free.")
    var wait = false

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Submit a successor when the time of the batch job is nearly up (default: if the job's script itself "
                + "has started this command)."))
    var handOver: Bool?

    /// The exit code of a controller whose study another job continues.
    static let handedOver: Int32 = 5

    func run() async throws {
        let signals = Signals()
        await signals.listen()
        let prepared = try options.prepare()
        let setup = prepared.setup
        let job = try jobToContinue(prepared.cluster)
        let notifier = Notifier(prepared.study.settings, setup)
        let (end, wasOver) = try await options.control(prepared) { holder in
            await waitsFor(holder, signals)
        } away: { reason in
            signals.tellOnce("\(reason); waiting for it")
            return await waits(signals)
        } files: { reason, pause in
            signals.tellOnce("\(reason); trying again until it passes")
            return await waits(signals, pause)
        } _: { controller, setup, log in
            let wasOver = controller.outcome != nil
            let end = try await control(&controller, setup, log, job, signals, notifier)
            return (end, wasOver)
        }
        if case .over(let outcome) = end, !wasOver { notifier?.ended(outcome) }
        await notifier?.finish()
        switch end {
        case .over(let outcome):
            try FinalWords(setup: setup, json: options.json, wasOver: wasOver).tell(outcome)
        case .handedOver(let successor):
            throw complaint(
                "the time of this job is nearly up; job \(successor) goes on with the study",
                code: RunCommand.handedOver)
        case .stopped(let why):
            throw complaint(
                "stopped\(why); tasks that run go on, and nothing is lost. Resume with: "
                    + options.resumption(of: setup), code: 3)
        }
    }

    /// The job that needs a successor; `nil` for none.
    private func jobToContinue(_ cluster: ClusterChoice) throws -> (any BatchJob)? {
        let job = cluster.batchJob
        switch handOver {
        case true? where job == nil:
            throw complaint(
                "--hand-over works only in a Slurm job, and SLURM_JOB_ID is not set", code: 2)
        case true?: return job
        case false?: return nil
        case nil:
            guard let job, !ClusterChoice.isStartedByScript else { return job }
            say(
                "the script of job \(job.id) has not started this command itself, so the study is not handed over "
                    + "when its time is up; --hand-over does it")
            return nil
        }
    }

    /// How a run ended.
    private enum End {
        case over(StudyOutcome)
        case handedOver(UInt32)
        case stopped(String)
    }

    private func control(
        _ controller: inout Controller, _ setup: StudySetup, _ log: Logger, _ job: (any BatchJob)?,
        _ signals: Signals, _ notifier: Notifier?
    ) async throws -> End {
        let screen = LiveScreen(setup: setup)
        notifier?.begin()
        let succession = job.map { job in
            Task {
                let handOver = HandOver(of: job, log: log)
                let outcome = await handOver.whenTimeIsUp(hint: signals.takeHint)
                signals.stopForTime()
                return outcome
            }
        }
        defer { succession?.cancel() }
        let end = try await controller.run(
            shouldStop: { signals.isToStop },
            observe: {
                try screen.show($0, log)
                try notifier?.look($0)
            })
        succession?.cancel()
        TerminalScreen.shared.leave()
        let outcome = await succession?.value ?? .calledOff
        if case .successor(let successor) = outcome, case .stopped = end, !signals.wasSent {
            return .handedOver(successor)
        }
        if case .successor(let successor) = outcome { await callOff(successor, job) }
        switch (end, outcome) {
        case (.over(let outcome), _): return .over(outcome)
        case (.stopped, .failed(let reason)):
            return .stopped(
                ": the time of this job is nearly up, and no other could be submitted (\(reason))")
        case (.stopped, _): return .stopped("")
        }
    }

    /// Cancels a submitted successor: the study is over, or someone asked it to stop.
    private func callOff(_ successor: UInt32, _ job: (any BatchJob)?) async {
        do {
            try await job?.cancel(successor: successor)
        } catch {
            say("\(error); cancel job \(successor), which was to go on with the study")
        }
    }

    /// Waits, and returns whether to ask again for a study that another controller holds.
    private func waitsFor(_ holder: String, _ signals: Signals) async -> Bool {
        guard wait, !signals.isToStop else { return false }
        signals.tellOnce("waiting for the study, which is controlled by \(holder)")
        return await waits(signals)
    }

    /// Waits a while, and returns whether to continue.
    private func waits(_ signals: Signals, _ pause: Duration = .seconds(10)) async -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + pause
        while clock.now < end, !signals.isToStop {
            // No code cancels this task; the loop looks at signals.
            try? await Task.sleep(for: .milliseconds(250))
        }
        return !signals.isToStop
    }
}
