/// What was found out about Slurm.
package struct SlurmFacts: Sendable {
    /// The libslurm that is used: its file and its version, as 2205; `nil`: none can be.
    package var library: (path: String, version: Int)?
    /// Why no libslurm can be used, and what to do; `nil`: one can, or this build has no Slurm.
    package var libraryTrouble: String?
    /// Whether this build reaches Slurm at all.
    package var isBuiltIn = true
    /// The path of sbatch; `nil`: it is not on PATH.
    package var sbatch: String?
    /// The user who asks.
    package var user: SlurmUser
    /// `scontrol show config`.
    package var configuration: Answer<SlurmConfiguration> = .absent
    /// How many seconds that took.
    package var seconds: Double?
    /// `scontrol show partition`.
    package var partitions: Answer<[PartitionRecord]> = .absent
    /// `sinfo`.
    package var shapes: Answer<[NodeShape]> = .absent
    /// `sacctmgr show assoc` of the user.
    package var associations: Answer<[Association]> = .absent
    /// The same of the user's account as a whole.
    package var accounts: [Association] = []
    /// The account that is charged where none is named; `nil`: not known.
    package var defaultAccount: String?
    /// `sacctmgr show qos`.
    package var qualities: Answer<[QualityOfService]> = .absent
    /// What Slurm says of a job of one task with the present defaults: `sbatch --test-only`.
    package var trial: Answer<CommandOutput> = .absent
    /// The Slurm job that this process is in; `nil`: none.
    package var job: String?
    /// This machine's name.
    package var host = ""
    /// What the present defaults and variables ask for, by option, as `partition`.
    package var asked: [String: String] = [:]

    /// Nothing but who asks.
    package init(user: SlurmUser) { self.user = user }

    // MARK: What follows from them

    /// The partition that a task goes to: what is asked for, or else the default; `nil`: none.
    var partition: PartitionRecord? {
        let all = partitions.value ?? []
        if let name = asked["partition"]?.split(separator: ",").first {
            return all.first { $0.name == name }
        }
        return all.first(where: \.isDefault)
    }

    /// The partition to recommend: one that is open and up, whose jobs are not preempted. Of those the default, or else one
    /// with the longest time and the most nodes.
    var recommendedPartition: PartitionRecord? {
        let usable = (partitions.value ?? []).filter { $0.isUp && $0.isOpen(to: user) && $0.nodes > 0 }
        let calm = usable.filter { !isPreempted($0) }
        if let usual = calm.first(where: \.isDefault) { return usual }
        let pool = calm.isEmpty ? usable : calm
        return pool.enumerated().max { left, right in
            func rank(_ item: (offset: Int, element: PartitionRecord)) -> (Int, Int, Int) {
                (item.element.maxMinutes ?? .max, item.element.nodes, -item.offset)
            }
            return rank(left) < rank(right)
        }?.element
    }

    /// Whether jobs of a partition may be preempted by those of another on the same nodes.
    func isPreempted(_ partition: PartitionRecord) -> Bool {
        guard configuration.value?["PreemptType"]?.contains("partition_prio") == true,
            partition.preemptMode != "OFF"
        else { return false }
        return (partitions.value ?? []).contains {
            $0.tier > partition.tier && $0.nodeList == partition.nodeList
        }
    }

    /// The account that a task is charged to; `nil`: none, or not known.
    var account: String? {
        asked["account"] ?? defaultAccount ?? associations.value?.first?.account
    }

    /// The association that holds for a task.
    var association: Association? {
        let own = (associations.value ?? []).filter { $0.account == account }
        return own.first { $0.partition == partition?.name } ?? own.first { $0.partition.isEmpty }
            ?? own.first
    }

    /// The name of the QOS that a task has.
    var qosName: String? {
        if let asked = asked["qos"] { return asked }
        guard let association else { return nil }
        if !association.defaultQOS.isEmpty { return association.defaultQOS }
        return association.qos.contains("normal") ? "normal" : association.qos.first
    }

    /// Everything whose limits hold for a task, with its name for people. What a QOS says comes before what an association
    /// says, and of each the lowest number counts here.
    var limits: [(name: String, denies: Bool, limits: SlurmLimits)] {
        var all: [(name: String, denies: Bool, limits: SlurmLimits)] = []
        for name in [partition?.qos, qosName].compactMap(\.self) {
            for quality in qualities.value ?? [] where quality.name == name {
                all.append(("QOS \(name)", quality.deniesOnLimit, quality.limits))
            }
        }
        if let association {
            all.append(("your association with account \(association.account)", false, association.limits))
        }
        for whole in accounts where whole.account == account {
            all.append(("account \(whole.account)", false, whole.limits))
        }
        return all
    }
}
