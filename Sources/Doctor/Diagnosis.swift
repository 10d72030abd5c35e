/// All observations, and what follows from them.
package struct Diagnosis: Sendable {
    /// What is known about Slurm.
    package var slurm: SlurmFacts
    /// The directory for studies.
    package var directory: String
    /// Its file system.
    package var files: Answer<FileSystemFacts> = .absent
    /// This user's quota on it.
    package var quota: Answer<QuotaTable> = .absent
    /// What is installed.
    package var installation: InstallationFacts
    /// The result of the test job; `nil` if none was requested.
    package var probe: ProbeFacts?

    /// A diagnosis of these parts.
    package init(slurm: SlurmFacts, directory: String, installation: InstallationFacts) {
        (self.slurm, self.directory, self.installation) = (slurm, directory, installation)
    }

    /// The findings, group by group.
    package var findings: [Finding] {
        let isCluster = slurm.sbatch != nil || slurm.library != nil
        // If nodes have reported, their view of the files is known.
        let isGuessed = isCluster && probe?.reports.isEmpty != false
        return SlurmFindings.all(slurm)
            + FileSystemFindings.all(files, quota: quota, path: directory, isCluster: isGuessed)
            + InstallationFindings.all(installation, isCluster: isGuessed)
            + (probe.map(ProbeFindings.all) ?? [])
    }

    /// How many nodes the test job may use: two, if the partition for tasks has and allows them.
    package var probeNodes: Int {
        guard let partition = slurm.partition else { return 1 }
        return partition.nodes >= 2 && partition.maxNodes ?? 2 >= 2 ? 2 : 1
    }

    /// This user's quota on a directory's file system, from the file system's own command.
    package static func quota(of path: String, _ kind: FileSystemKind, _ commands: CommandLook) async
        -> Answer<QuotaTable>
    {
        // lfs without a name reports the caller's quota.
        let text =
            kind.name == "lustre"
            ? await commands.text("lfs", "quota", "-q", path) : await commands.text("quota", "-w")
        return text.map(QuotaTable.init)
    }
}
