/// The part of a task's resources that one lane has.
package struct Share: Hashable, Sendable {
    /// The processors that its command may run on; empty for all of the task's.
    package let processors: [Int]
    /// The variables that its command gets: its lane number and its GPUs.
    package let variables: [String: String]

    /// Whether the lane has the task for itself.
    var isWhole: Bool { variables["STUNE_SLOTS"] == "1" }

    /// The variables by which libraries choose the GPUs of a process.
    private static let deviceLists = ["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"]

    /// The share of a lane.
    ///
    /// - Parameters:
    ///   - slot: the lane's number, from 0.
    ///   - slots: how many lanes the task has.
    ///   - processors: the task's processors, ascending.
    ///   - environment: the task's environment.
    package init(slot: Int, of slots: Int, processors: [Int], environment: [String: String]) {
        let part = Share.part(slot, of: slots, processors)
        // With fewer processors than lanes, the kernel shares them better than a fixed assignment.
        self.processors = part.isEmpty || slots == 1 ? [] : Array(part)
        var variables = ["STUNE_SLOT": String(slot), "STUNE_SLOTS": String(slots)]
        for name in Share.deviceLists {
            guard let devices = Share.devices(environment[name], slot, of: slots) else { continue }
            variables[name] = devices.joined(separator: ",")
        }
        // If ROCR_VISIBLE_DEVICES is set, HIP counts among the devices that it lists.
        if let own = Share.devices(environment["HIP_VISIBLE_DEVICES"], slot, of: slots) {
            let numbers = environment["ROCR_VISIBLE_DEVICES"] == nil ? own : own.indices.map { String($0) }
            variables["HIP_VISIBLE_DEVICES"] = numbers.joined(separator: ",")
        }
        self.variables = variables
    }

    /// The lane's devices from a list. With fewer devices than lanes, lanes share devices in turn.
    private static func devices(_ list: String?, _ slot: Int, of slots: Int) -> [String]? {
        let all = (list ?? "").split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
        guard !all.isEmpty else { return nil }
        return all.count < slots ? [all[slot % all.count]] : Array(part(slot, of: slots, all))
    }

    /// An even part of a list, in order: the parts of all lanes together are the list.
    private static func part<Item>(_ slot: Int, of slots: Int, _ list: [Item]) -> ArraySlice<Item> {
        guard list.count >= slots else { return [] }
        return list[(slot * list.count / slots)..<((slot + 1) * list.count / slots)]
    }
}
