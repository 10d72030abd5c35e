/// Asks Slurm through its commands, each with a time limit.
package struct SlurmLook: Sendable {
    /// Runs the commands.
    package var commands: CommandLook

    /// Asks with these commands.
    package init(_ commands: CommandLook) { self.commands = commands }

    /// Adds the answers of Slurm's commands.
    ///
    /// - Parameter facts: the user, how Slurm is reached, and the options set by the current defaults.
    package func fill(_ facts: SlurmFacts) async -> SlurmFacts {
        var facts = facts
        guard facts.sbatch != nil || facts.library != nil else { return facts }
        let start = ContinuousClock.now
        facts.configuration = await commands.text("scontrol", "show", "config").map(SlurmConfiguration.init)
        let taken = ContinuousClock.now - start
        facts.seconds =
            Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18
        // If the first query hangs, the others would, too.
        guard case .found(let configuration) = facts.configuration else { return facts }
        async let partitions = commands.text("scontrol", "--oneliner", "show", "partition")
        async let shapes = commands.text("sinfo", "--noheader", "--format=\(NodeShape.format)")
        facts.partitions = await partitions.map(PartitionRecord.all)
        facts.shapes = await shapes.map(NodeShape.all)
        if configuration.hasAccounting { facts = await accounts(facts, configuration) }
        facts.trial = await trial(facts)
        return facts
    }

    /// The user's records in slurmdbd.
    private func accounts(_ given: SlurmFacts, _ configuration: SlurmConfiguration) async -> SlurmFacts {
        var facts = given
        let (user, cluster) = (facts.user.name, configuration["ClusterName"])
        facts.associations = await commands.text(
            "sacctmgr", "--parsable2", "show", "assoc", "where", "user=\(user)"
        ).map { Association.all($0, cluster: cluster) }
        guard case .found(let own) = facts.associations else { return facts }
        async let qualities = commands.text("sacctmgr", "--parsable2", "show", "qos")
        async let person = commands.text("sacctmgr", "--parsable2", "show", "user", "where", "name=\(user)")
        facts.qualities = await qualities.map(QualityOfService.all)
        facts.defaultAccount = await person.value.flatMap { text in
            AccountTable(text).rows.first.flatMap { SlurmText.value($0["defacct"] ?? $0["defaultaccount"]) }
        }
        facts.user.accounts = own.map(\.account)
        if let account = facts.account {
            let whole = await commands.text(
                "sacctmgr", "--parsable2", "show", "assoc", "where", "account=\(account)", "user=")
            facts.accounts = (whole.value.map { Association.all($0, cluster: cluster) } ?? []).filter {
                $0.user.isEmpty
            }
        }
        return facts
    }

    /// Whether Slurm would accept a job of one task. Nothing is submitted.
    private func trial(_ facts: SlurmFacts) async -> Answer<CommandOutput> {
        guard facts.sbatch != nil else { return .absent }
        let options = facts.asked.sorted { $0.key < $1.key }.map { "--\($0.key)=\($0.value)" }
        return await commands.run(
            "sbatch", ["--test-only", "--ntasks=1"] + options + ["--wrap", "true"])
    }
}
