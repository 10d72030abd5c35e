import ArgumentParser
import Spool

/// The files installed with `stune`, found from the executable itself. So PATH, the location of a virtual environment
/// or a module tree, and links to the command make no difference.
struct Installation {
    /// The parts that can be asked for.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case controller = "controller.sbatch"
        case templates
        case schema
        case client
        case curves
        /// The manual, which messages call docs/.
        case docs
        case throwawaySlurm = "throwaway-slurm"
        case worker
        case stune

        /// Its path below `share/stune`; `nil` for executables.
        var installed: String? {
            switch self {
            case .controller, .templates, .curves, .docs, .throwawaySlurm: rawValue
            case .schema: "study.schema.json"
            case .client: "python"
            case .worker, .stune: nil
            }
        }

        /// Its path in a clone; `nil` for executables.
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

    /// How many levels above the executable to look for the root of a clone: `.build/TRIPLE/release` is three, and a
    /// scratch path below `.build` may add two.
    private static let levels = 5

    /// The directory of the executable, with all links resolved.
    var binaries: String
    /// The value of `STUNE_SHARE`, which replaces `../share/stune`.
    var share: String?
    /// The value of `STUNE_WORKER`, which replaces the worker beside `stune`.
    var worker: String?
    /// Whether a path exists.
    var exists: (String) -> Bool

    /// The directory above the executable's; empty for the root.
    private var prefix: String {
        let parent = Files.parent(of: binaries)
        return parent == "/" ? "" : parent
    }

    /// Where to look for a part, the likeliest place first.
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

    /// The path of a part; `nil` if it is in none of its places.
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
