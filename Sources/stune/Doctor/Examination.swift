import Clusters
import Doctor
import Foundation
import Release
import Spool
import StudyFile

/// Collects the facts for `stune doctor`.
struct Examination {
    /// The absolute path of the directory for studies.
    let directory: String
    /// Runs commands.
    let commands: CommandLook
    /// Where files of defaults are.
    let places: SitePlaces

    /// A study whose only purpose is to apply the defaults.
    private static let smallestStudy = """
        name: doctor
        metric: {name: loss, goal: minimize}
        parameters: {x: {value: 1}}
        scheduler: {type: none, max_resource: 1}
        trials: 1
        command: ["true"]
        """

    /// Looks at everything except through a job.
    func diagnosis() async -> Diagnosis {
        let files = (try? places.files()) ?? []
        var diagnosis = Diagnosis(
            slurm: facts(asking: options(files).sbatchOptions), directory: directory,
            installation: installation(files))
        let (slurm, installed, path, look) = (
            diagnosis.slurm, diagnosis.installation, directory, commands
        )
        async let slurmFacts = SlurmLook(look).fill(slurm)
        async let installedFacts = InstallationLook.fill(installed, look)
        async let fileFacts = Look.blocking(seconds: look.seconds) { try FileSystemLook.facts(of: path) }
        diagnosis.files = await fileFacts
        if let kind = diagnosis.files.value?.kind {
            diagnosis.quota = await Diagnosis.quota(of: directory, kind, commands)
        }
        diagnosis.slurm = await slurmFacts
        diagnosis.installation = await installedFacts
        return diagnosis
    }

    /// Runs a job, and measures with it.
    func probe(_ diagnosis: Diagnosis, patience: Int) async -> ProbeFacts {
        var facts = ProbeFacts()
        (facts.architecture, facts.glibc) = (
            diagnosis.installation.architecture, diagnosis.installation.glibc
        )
        facts.environment = places.environment
        facts.hereAhead = diagnosis.files.value?.clockAhead
        let installation = Installation.own
        let batch = options((try? places.files()) ?? [])
        let run = ProbeRun(
            commands: commands, directory: directory, options: batch.sbatchOptions, setup: batch.setup,
            stune: "\(installation.binaries)/stune",
            worker: installation.places(of: .worker).first ?? "stune-worker", nodes: diagnosis.probeNodes,
            patience: patience)
        do throws(FileError) {
            return try await run.facts(facts)
        } catch {
            facts.refusals = [error.description]
            return facts
        }
    }

    /// The options from the defaults and from sbatch's variables; empty if the defaults have mistakes.
    private func options(_ files: [SiteFile]) -> BatchOptions {
        let study = try? StudyFile.read(text: Examination.smallestStudy, file: "doctor", site: files)
        return SbatchVariables(places.environment).filling(study?.spec.batch ?? BatchOptions())
    }

    private func facts(asking asked: [String: String]) -> SlurmFacts {
        var facts = SlurmFacts(
            user: SlurmUser(name: NSUserName(), groups: Examination.groups, isRoot: getuid() == 0))
        let reach = SlurmReach()
        facts.library = reach.library.map { ($0, reach.version) }
        (facts.libraryTrouble, facts.isBuiltIn) = (reach.trouble, reach.isBuiltIn)
        facts.sbatch = (places.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/sbatch" }
            .first(where: FileManager.default.isExecutableFile(atPath:))
        // A library without Slurm's commands is only a dependency of other software.
        if facts.sbatch == nil, places.environment["SLURM_CONF"] == nil { facts.library = nil }
        facts.job = places.environment["SLURM_JOB_ID"]
        (facts.host, facts.asked) = (Host.name, asked)
        return facts
    }

    /// The names of the groups that this process is in.
    private static var groups: [String] {
        var numbers = [gid_t](repeating: 0, count: 1_024)
        let count = getgroups(Int32(numbers.count), &numbers)
        guard count > 0 else { return [] }
        return numbers.prefix(Int(count)).compactMap { number in
            getgrgid(number).map { String(cString: $0.pointee.gr_name) }
        }
    }

    private func installation(_ files: [SiteFile]) -> InstallationFacts {
        let own = Installation.own
        var facts = InstallationFacts(release: ThisRelease.version, binaries: own.binaries)
        let parts: [Installation.Part] = [.worker, .controller, .client, .templates, .schema]
        facts.parts = parts.map { ($0.rawValue, own.path(of: $0)) }
        facts.defaults = files.map { file in (file.path, file.mistakes.map(\.description)) }
        return facts
    }
}
