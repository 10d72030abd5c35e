import ArgumentParser
import Spool

/// What is installed with `stune`, found from the executable itself. So it does not matter what PATH says, where a
/// virtual environment or a module tree lies, and through which links the command was called.
struct Installation {
    /// What can be asked for.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case controller = "controller.sbatch"
        case templates
        case schema
        case client
        case curves
        /// The manual: what messages call docs/.
        case docs
        case throwawaySlurm = "throwaway-slurm"
        case worker
        case stune

        /// Where it lies below `share/stune`; `nil` for the executables.
        var installed: String? {
            switch self {
            case .controller, .templates, .curves, .docs, .throwawaySlurm: rawValue
            case .schema: "study.schema.json"
            case .client: "python"
            case .worker, .stune: nil
            }
        }

        /// Where it lies in a clone; `nil` for the executables.
        var source: String? {
            switch self {
            case .controller, .throwawaySlurm: "sbatch/\(rawValue)"
            case .templates, .docs: rawValue
            case .schema: "docs/study.schema.json"
            case .client: "python"
            case .curves: "Benchmarks/curves"
            case .worker, .stune: nil
            }
        }
    }

    /// How far above the executable the root of a clone is looked for: `.build/TRIPLE/release` is three levels, and a
    /// scratch path below `.build` may be two more.
    private static let levels = 5

    /// The directory of the executable, all links resolved.
    var binaries: String
    /// What `STUNE_SHARE` says in the place of `../share/stune`.
    var share: String?
    /// What `STUNE_WORKER` says in the place of the worker beside `stune`.
    var worker: String?
    /// Whether there is something at a path.
    var exists: (String) -> Bool

    /// The directory above the executable's; empty for the root.
    private var prefix: String {
        let parent = Files.parent(of: binaries)
        return parent == "/" ? "" : parent
    }

    /// Where a part is looked for, the likeliest place first.
    func places(of part: Part) -> [String] {
        switch part {
        case .stune: return ["\(binaries)/stune"]
        case .worker: return [worker ?? "\(binaries)/stune-worker"]
        default: break
        }
        guard let installed = part.installed, let source = part.source else { return [] }
        if let share { return ["\(share)/\(installed)"] }
        return ["\(prefix)/share/stune/\(installed)"] + (clone.map { ["\($0)/\(source)"] } ?? [])
    }

    /// Where a part lies; `nil`: in none of its places.
    func path(of part: Part) -> String? { places(of: part).first(where: exists) }

    /// The clone that the executable was built in.
    private var clone: String? {
        var directory = binaries
        for _ in 0..<Installation.levels {
            directory = Files.parent(of: directory)
            if exists("\(directory)/Package.swift") && exists("\(directory)/sbatch/controller.sbatch") {
                return directory
            }
        }
        return nil
    }
}
