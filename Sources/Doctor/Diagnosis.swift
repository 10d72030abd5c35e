/// All that was looked at, and what follows.
package struct Diagnosis: Sendable {
    /// What was found out about Slurm.
    package var slurm: SlurmFacts
    /// The directory that studies are to be in.
    package var directory: String
    /// Its file system.
    package var files: Answer<FileSystemFacts> = .absent
    /// This user's quota there.
    package var quota: Answer<QuotaTable> = .absent
    /// What is installed.
    package var installation: InstallationFacts
    /// What became of the job; `nil`: none was asked for.
    package var probe: ProbeFacts?

    /// A diagnosis of these parts.
    package init(slurm: SlurmFacts, directory: String, installation: InstallationFacts) {
        (self.slurm, self.directory, self.installation) = (slurm, directory, installation)
    }

    /// The findings, group by group.
    package var findings: [Finding] {
        let isCluster = slurm.sbatch != nil || slurm.library != nil
        // Where nodes have reported nobody has to guess whether they see the files.
        let isGuessed = isCluster && probe?.reports.isEmpty != false
        return SlurmFindings.all(slurm)
            + FileSystemFindings.all(files, quota: quota, path: directory, isCluster: isGuessed)
            + InstallationFindings.all(installation, isCluster: isGuessed)
            + (probe.map(ProbeFindings.all) ?? [])
    }

    /// How many nodes a job may try: two, where the partition that tasks go to has and allows them.
    package var probeNodes: Int {
        guard let partition = slurm.partition else { return 1 }
        return partition.nodes >= 2 && partition.maxNodes ?? 2 >= 2 ? 2 : 1
    }

    /// This user's quota on a directory's file system, by the command that it has.
    package static func quota(of path: String, _ kind: FileSystemKind, _ commands: CommandLook) async
        -> Answer<QuotaTable>
    {
        // lfs wants a name, and takes the caller's without one.
        let text =
            kind.name == "lustre"
            ? await commands.text("lfs", "quota", "-q", path) : await commands.text("quota", "-w")
        return text.map(QuotaTable.init)
    }
}
