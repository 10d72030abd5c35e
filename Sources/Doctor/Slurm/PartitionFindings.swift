/// What the partitions mean for a study.
enum PartitionFindings {
    /// How many partitions to list; nobody reads more.
    static let listed = 24

    static func all(_ facts: SlurmFacts) -> [Finding] {
        switch facts.partitions {
        case .found(let partitions) where !partitions.isEmpty:
            return [list(partitions, facts), choice(facts)].compactMap(\.self) + about(facts)
        case .found, .absent:
            return [Finding("slurm.partitions", .warning, "Slurm shows this account no partition")]
        case .failed(let words):
            return [Finding("slurm.partitions", .warning, "the partitions cannot be seen: \(words)")]
        case .late(let seconds):
            return [
                Finding(
                    "slurm.partitions", .warning, "the partitions could not be read within \(seconds) s")
            ]
        }
    }

    private static func list(_ partitions: [PartitionRecord], _ facts: SlurmFacts) -> Finding {
        let open = partitions.filter { $0.isOpen(to: facts.user) }
        let lines = open.prefix(listed).map { line($0, facts) }
        let rest = open.count - lines.count
        return Finding(
            "slurm.partitions", .ok,
            "\(open.count) of \(partitions.count) partitions are open to you, as far as Slurm shows",
            details: lines + (rest > 0 ? ["… and \(rest) more (sinfo lists them)"] : []),
            facts: ["open": open.map(\.name).joined(separator: ","), "all": "\(partitions.count)"])
    }

    private static func line(_ partition: PartitionRecord, _ facts: SlurmFacts) -> String {
        var words = [
            "\(partition.nodes) nodes", "\(partition.processors) CPUs",
        ]
        if partition.gpus > 0 { words.append("\(partition.gpus) GPUs") }
        words.append("time " + (partition.maxMinutes.map(SlurmText.clock) ?? "unlimited"))
        if let usual = partition.defaultMinutes { words.append("default time \(SlurmText.clock(usual))") }
        if let most = partition.maxNodes { words.append("at most \(most) nodes a job") }
        if let memory = partition.defaultMemory { words.append("default memory \(memory)") }
        if partition.isExclusive { words.append("whole nodes") }
        if facts.isPreempted(partition) { words.append("preempted (\(partition.preemptMode))") }
        if !partition.isUp { words.append("state \(partition.state)") }
        return "\(partition.name)\(partition.isDefault ? "*" : ""): \(words.joined(separator: ", "))"
    }

    /// Whether a task without a partition gets one.
    private static func choice(_ facts: SlurmFacts) -> Finding? {
        let recommended = facts.recommendedPartition
        let advice: [Advice] =
            recommended.map { [.setting("slurm.partition", YAMLText.value($0.name))] } ?? []
        if let asked = facts.asked["partition"] {
            guard facts.partition == nil else { return nil }
            return Finding(
                "slurm.partition", .problem, "there is no partition '\(asked)', which the defaults set",
                meaning: "Slurm refuses every task", advice: advice)
        }
        guard let usual = facts.partition else {
            return Finding(
                "slurm.partition", .problem, "Slurm has no default partition",
                meaning: "Slurm refuses tasks that name none", advice: advice)
        }
        if !usual.isOpen(to: facts.user) || !usual.isUp {
            return Finding(
                "slurm.partition", .problem,
                usual.isUp
                    ? "the default partition '\(usual.name)' is not open to you"
                    : "the default partition '\(usual.name)' is \(usual.state)",
                meaning: "Tasks that name no partition do not start", advice: advice)
        }
        return nil
    }

    /// Findings about the partition for tasks.
    private static func about(_ facts: SlurmFacts) -> [Finding] {
        guard let partition = facts.partition ?? facts.recommendedPartition else { return [] }
        var findings: [Finding] = []
        let limit = partition.defaultMinutes ?? partition.maxMinutes
        if facts.asked["time"] == nil, limit ?? .max > 24 * 60 {
            findings.append(
                Finding(
                    "slurm.time", .note,
                    "a task in '\(partition.name)' that asks for no time has "
                        + (limit.map(SlurmText.clock) ?? "no limit"),
                    meaning:
                        "Slurm starts short tasks sooner, in gaps. Ask for what a trial needs to its next rung, with a margin",
                    advice: [.study("slurm: {time: \"01:00:00\"}")]))
        }
        if let most = partition.maxMinutes, most < 30 {
            findings.append(
                Finding(
                    "slurm.time", .note,
                    "a task in '\(partition.name)' has at most \(SlurmText.clock(most))",
                    meaning: "Trials have to save in time: a task is told to leave before its end",
                    advice: [.study("checkpoints: {every: 1}")]))
        }
        if partition.isExclusive || facts.configuration.value?["SelectType"]?.hasSuffix("linear") == true {
            findings.append(
                Finding(
                    "slurm.nodes", .note, "each task in '\(partition.name)' has its nodes for itself",
                    meaning: "Let one task run several trials side by side, or most of the node idles",
                    advice: [.study("execution: {mode: reuse, slots_per_task: 8}")]))
        }
        if facts.isPreempted(partition) {
            let grace = partition.graceSeconds
            findings.append(
                Finding(
                    "slurm.preemption", .note,
                    "tasks in '\(partition.name)' may be preempted (\(partition.preemptMode), "
                        + "\(grace) s of grace)",
                    meaning: "What a trial has not saved by then is trained again",
                    advice: [.study("checkpoints: {every: 1}")]))
        }
        if partition.gpus > 0,
            let gpus = facts.shapes.value?.first(where: { $0.partition == partition.name && $0.gpus != nil }
            )?.gpus
        {
            let kind = gpus.split(separator: ":").dropLast().joined(separator: ":")
            findings.append(
                Finding(
                    "slurm.gpus", .ok, "nodes of '\(partition.name)' have GPUs: \(gpus) each",
                    meaning: "A task has one only if the study asks for it",
                    advice: [.study("slurm: {gpus_per_node: \(kind.isEmpty ? "1" : "\(kind):1")}")]))
        }
        return findings
    }
}
