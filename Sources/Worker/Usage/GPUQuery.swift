import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Asks `nvidia-smi` how busy a command's GPUs are.
struct GPUQuery: Sendable {
    /// The tool's path.
    private let program: String
    /// The GPUs to ask about, as in CUDA_VISIBLE_DEVICES; empty for all.
    private let devices: String
    /// How long the tool may take.
    private let limit: Duration

    /// A query for a command with this environment; `nil` if the tool is missing or the command has no GPU.
    init?(environment: [String: String], limit: Duration = WorkerLimits.gpuQuery.limit) {
        self.limit = limit
        let named = environment["CUDA_VISIBLE_DEVICES"]
        // A Slurm task without the variable has no GPU, and would be shown those of others.
        guard named != "", named != "NoDevFiles", named != "-1",
            named != nil || environment["SLURM_JOB_ID"] == nil
        else { return nil }
        devices = named ?? ""
        let places: [String] = (environment["PATH"] ?? "/usr/bin").split(separator: ":").map {
            "\($0)/nvidia-smi"
        }
        guard let found = places.first(where: { access($0, X_OK) == 0 }) else { return nil }
        program = found
    }

    /// The GPUs' mean utilization in percent, and their used memory in bytes; `nil` if the tool did not answer in time.
    func ask() async -> (percent: Double, bytes: Double)? {
        var arguments = ["--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits"]
        if !devices.isEmpty { arguments += ["-i", devices] }
        let text = await withTaskGroup(of: String?.self) { [program, arguments, limit] group in
            group.addTask {
                var options = PlatformOptions()
                options.teardownSequence = [.send(signal: .kill, allowedDurationToNextStep: .zero)]
                let result = try? await Subprocess.run(
                    .path(FilePath(program)), arguments: Arguments(arguments), platformOptions: options,
                    input: .none, output: .string(limit: 1 << 16), error: .discarded)
                return result?.standardOutput
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        return text.flatMap(GPUQuery.reading)
    }

    /// Reads the tool's output, one line for each GPU, in percent and MiB: `87, 10240`.
    static func reading(_ text: String) -> (percent: Double, bytes: Double)? {
        var (percents, bytes): ([Double], Double) = ([], 0)
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: ",").map { cell in
                Double(cell.filter { !$0.isWhitespace })
            }
            guard cells.count == 2, let percent = cells[0], let memory = cells[1] else { return nil }
            percents.append(percent)
            bytes += memory * 1_048_576
        }
        guard !percents.isEmpty else { return nil }
        return (percents.reduce(0, +) / Double(percents.count), bytes)
    }
}
