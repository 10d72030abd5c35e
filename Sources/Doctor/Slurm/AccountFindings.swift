/// What accounts, associations and QOS mean for a study.
enum AccountFindings {
    static func all(_ facts: SlurmFacts, _ configuration: SlurmConfiguration) -> [Finding] {
        guard configuration.hasAccounting else {
            return [
                Finding(
                    "accounts.database", .ok, "Slurm keeps no accounts (no slurmdbd)",
                    meaning: "There are no limits of accounts or QOS")
            ]
        }
        let enforcement = configuration.enforcement
        switch facts.associations {
        case .found(let own):
            guard enforcement.associations else {
                return [
                    Finding(
                        "accounts.database", .ok, "Slurm has accounts, but enforces none of their limits")
                ]
            }
            guard !own.isEmpty else {
                return [
                    Finding(
                        "accounts.association", .problem,
                        "\(facts.user.name) has no account on this cluster",
                        meaning: "Slurm refuses your jobs. Ask the help desk for an account",
                        advice: [.command("sacctmgr show assoc user=\(facts.user.name)")])
                ]
            }
            return [charged(own, facts)] + (enforcement.limits ? limits(facts) : [])
        case .failed(let words):
            return [
                Finding(
                    "accounts.database", .warning, "accounts and limits cannot be seen: \(words)",
                    meaning: "Limits show when Slurm refuses a job or lets it wait; stune then says which")
            ]
        case .late(let seconds):
            return [
                Finding(
                    "accounts.database", .warning, "slurmdbd did not answer within \(seconds) s",
                    meaning: "Jobs run meanwhile; limits could not be looked up. Try again later")
            ]
        case .absent:
            return [
                Finding(
                    "accounts.database", .note,
                    "sacctmgr is not on PATH: accounts and limits cannot be seen")
            ]
        }
    }

    private static func charged(_ own: [Association], _ facts: SlurmFacts) -> Finding {
        var names: [String] = []
        for association in own where !names.contains(association.account) {
            names.append(association.account)
        }
        let values = ["accounts": names.joined(separator: ","), "qos": facts.qosName ?? ""]
        if let asked = facts.asked["account"], !names.contains(asked) {
            return Finding(
                "accounts.account", .problem,
                "account '\(asked)', which the defaults set, is not one of yours",
                meaning: "Slurm refuses every task",
                advice: [.setting("slurm.account", YAMLText.value(names[0]))],
                facts: values)
        }
        let account = facts.account ?? names[0]
        guard names.contains(account) else {
            return Finding(
                "accounts.account", .problem,
                "your default account '\(account)' is not one of yours on this cluster",
                meaning: "Slurm refuses tasks that name no account",
                advice: [.setting("slurm.account", YAMLText.value(names[0]))], facts: values)
        }
        let qos = facts.qosName.map { " with QOS \($0)" } ?? ""
        guard names.count > 1, facts.asked["account"] == nil else {
            return Finding(
                "accounts.account", .ok, "tasks are charged to account '\(account)'\(qos)", facts: values)
        }
        return Finding(
            "accounts.account", .note,
            "tasks are charged to your default account '\(account)'\(qos); you have \(names.count): "
                + names.joined(separator: ", "),
            meaning: "Name it, so that a change of your default account does not move your studies",
            advice: [.setting("slurm.account", YAMLText.value(account))], facts: values)
    }

    // MARK: Limits

    private typealias Source = (name: String, denies: Bool, limits: SlurmLimits)

    /// The lowest limit of one kind, with its owner.
    private static func lowest(
        _ sources: [Source], _ value: (SlurmLimits) -> Int?
    ) -> (value: Int, name: String, denies: Bool)? {
        sources.compactMap { source in value(source.limits).map { ($0, source.name, source.denies) } }
            .min { $0.0 < $1.0 }
    }

    private static func limits(_ facts: SlurmFacts) -> [Finding] {
        let sources = facts.limits
        let found = [
            queued(sources), running(sources), time(sources, facts), resources(sources), shared(sources),
        ].compactMap(\.self)
        guard found.isEmpty else { return found }
        return [
            Finding(
                "accounts.limits", .ok, "no limit of your account or QOS applies to a study's tasks",
                facts: ["sources": sources.map(\.name).joined(separator: ", ")])
        ]
    }

    /// How many jobs a limit leaves in addition to the controller's own.
    private static func places(_ limit: Int) -> Int { max(1, limit - 1) }

    private static func queued(_ sources: [Source]) -> Finding? {
        guard let (most, name, _) = lowest(sources, \.queued) else { return nil }
        let values = ["max_submit": "\(most)", "source": name]
        guard most > 0 else {
            return Finding(
                "accounts.queued", .problem, "you may submit no job at all (\(name): MaxSubmitJobs=0)",
                meaning: "Slurm refuses every task. Ask for another QOS or account with 'slurm: {qos: …}'",
                facts: values)
        }
        var advice: [Advice] = [.setting("limits.queued_tasks", "\(places(most))")]
        if places(most) < 4 { advice.append(.setting("parallel", "\(places(most))")) }
        return Finding(
            "accounts.queued", most == 1 ? .warning : .note,
            "you may have \(most) job\(most == 1 ? "" : "s") in the queue, waiting or running, and each task counts (\(name))",
            meaning: most == 1
                ? "A controller in a batch job leaves no room for a task. Use 'stune tick' from scrontab or cron"
                : "The controller's own job is one of them. With workers that stay, few tasks run many trials",
            advice: advice, facts: values)
    }

    private static func running(_ sources: [Source]) -> Finding? {
        guard let (most, name, _) = lowest(sources, \.running) else { return nil }
        let values = ["max_jobs": "\(most)", "source": name]
        guard most > 1 else {
            return Finding(
                "accounts.running", .warning,
                "\(most) of your jobs may run at once (\(name))",
                meaning:
                    "A controller in a batch job takes that place, and no task starts. Use 'stune tick' from scrontab or cron",
                advice: [.setting("parallel", "1")], facts: values)
        }
        return Finding(
            "accounts.running", .note, "\(most) of your jobs may run at once (\(name))",
            meaning: "More tasks wait. Of 'parallel', \(most - 1) run beside the controller's own job",
            advice: most - 1 < 4 ? [.setting("parallel", "\(most - 1)")] : [], facts: values)
    }

    private static func time(_ sources: [Source], _ facts: SlurmFacts) -> Finding? {
        guard let (most, name, denies) = lowest(sources, \.minutes) else { return nil }
        let asked = facts.asked["time"].flatMap { Int($0) }
        // For a job without a time limit Slurm takes this limit, unless the partition has a default.
        let isTooLong = (asked ?? facts.partition?.defaultMinutes ?? 0) > most
        let more =
            asked.map { $0 > most ? ", and the defaults ask for \(SlurmText.clock($0))" : "" } ?? ""
        return Finding(
            "accounts.time", more.isEmpty ? .note : .problem,
            "a job has at most \(SlurmText.clock(most)) (\(name))\(more)",
            meaning: denies
                ? "Slurm refuses tasks that ask for more"
                : "Tasks that ask for more never start, and stune ends such a study with Slurm's reason",
            advice: isTooLong ? [.setting("slurm.time", "\"\(SlurmText.clock(most))\"")] : [],
            facts: ["max_minutes": "\(most)", "source": name])
    }

    private static func resources(_ sources: [Source]) -> Finding? {
        let words = sources.flatMap { source in
            [
                source.limits.ofJob.map { "a job has at most \($0) (\(source.name))" },
                source.limits.ofUser.map { "your jobs together have at most \($0) (\(source.name))" },
            ].compactMap(\.self)
        }
        guard !words.isEmpty else { return nil }
        return Finding(
            "accounts.resources", .note, words.joined(separator: "; "),
            meaning: "A task that asks for more never starts; of tasks that have more together, some wait")
    }

    private static func shared(_ sources: [Source]) -> Finding? {
        let words = sources.flatMap { source in
            [
                source.limits.groupRunning.map { "\($0) running jobs" },
                source.limits.groupQueued.map { "\($0) jobs in the queue" },
                source.limits.groupResources,
            ].compactMap(\.self).map { "\($0) (\(source.name))" }
        }
        guard !words.isEmpty else { return nil }
        return Finding(
            "accounts.shared", .note, "you share with others: \(words.joined(separator: "; "))",
            meaning:
                "Tasks may wait although none of yours run, and yours may keep others waiting: keep 'parallel' modest"
        )
    }
}
