/// The container that a study's commands run in. The worker itself stays outside.
package struct Container: Hashable, Codable, Sendable {
    /// What starts containers.
    package enum Runtime: String, Hashable, Codable, Sendable, CaseIterable {
        /// Apptainer, formerly Singularity: `apptainer exec`.
        case apptainer
        /// Podman: `podman run`.
        case podman
        /// NVIDIA's plugin of srun: `srun --container-image`.
        case pyxis
    }

    /// The image, as the runtime names it: a file, or a name such as `docker://python:3.12`.
    package var image: String
    /// What starts it.
    package var runtime: Runtime
    /// What else is seen inside, as `OUTSIDE`, `OUTSIDE:INSIDE` or `OUTSIDE:INSIDE:ro`.
    package var binds: [String]
    /// Whether NVIDIA's GPUs and driver are seen inside.
    package var nv: Bool
    /// Further options of the runtime, as they are.
    package var options: [String]
    /// The variables that the study sets for its tasks, by name.
    package var variables: [String]

    /// A container from its parts.
    package init(
        image: String, runtime: Runtime, binds: [String] = [], nv: Bool = false, options: [String] = [],
        variables: [String] = []
    ) {
        self.image = image
        self.runtime = runtime
        self.binds = binds
        self.nv = nv
        self.options = options
        self.variables = variables
    }

    /// What a command needs of the world outside.
    package struct Surroundings: Hashable, Sendable {
        /// The absolute paths of the directories that it reads and writes, seen inside under the same paths.
        package var directories: [String]
        /// The absolute path of the directory that it starts in.
        package var workingDirectory: String
        /// The names of its variables outside.
        package var variables: [String]
        /// A name for the container that no other on the machine has: letters, digits, `-`, `_` and `.`.
        package var name: String

        /// Surroundings from their parts.
        package init(
            directories: [String], workingDirectory: String, variables: [String], name: String
        ) {
            self.directories = directories
            self.workingDirectory = workingDirectory
            self.variables = variables
            self.name = name
        }
    }

    /// The argument list that runs a command inside.
    package func arguments(running command: [String], in place: Surroundings) -> [String] {
        let directories = Container.outermost(place.directories)
        switch runtime {
        case .apptainer:
            let own = directories.flatMap { ["--bind", $0] }
            // Variables of the outside are seen inside anyway.
            return ["apptainer", "exec"] + own + binds.flatMap { ["--bind", $0] } + (nv ? ["--nv"] : [])
                + ["--pwd", place.workingDirectory] + options + [image] + command
        case .podman:
            let own = directories.flatMap { ["--volume", "\($0):\($0)"] }
            let variables = passed(place.variables).flatMap { ["--env", $0] }
            return ["podman", "run", "--rm", "--name", place.name, "--network=host"] + own
                + binds.flatMap { ["--volume", Container.pair($0)] }
                + (nv ? ["--device", "nvidia.com/gpu=all"] : [])
                + ["--workdir", place.workingDirectory] + variables + options + [image] + command
        case .pyxis:
            let mounts = directories.map { "\($0):\($0)" } + binds.map(Container.pair)
            let variables = passed(place.variables).joined(separator: ",")
            // GPUs are seen inside if the job has them.
            return ["srun", "--overlap", "--nodes=1", "--ntasks=1"]
                + ["--container-image=\(image)", "--container-mounts=\(mounts.joined(separator: ","))"]
                + ["--container-workdir=\(place.workingDirectory)", "--container-env=\(variables)"]
                + options
                + command
        }
    }

    /// What ends a container whose command was killed, and which would live on; `nil`: nothing need.
    package func removal(of place: Surroundings) -> [String]? {
        switch runtime {
        case .podman: ["podman", "rm", "--force", "--time", "0", "--ignore", place.name]
        case .apptainer, .pyxis: nil
        }
    }

    /// The program that the runtime is, as it is looked for on PATH.
    package var program: String {
        switch runtime {
        case .apptainer: "apptainer"
        case .podman: "podman"
        case .pyxis: "srun"
        }
    }

    /// The path of the image where it is a file; `nil`: it is a name.
    package var imageFile: String? {
        if image.hasPrefix("/") || image.hasPrefix("./") || image.hasPrefix("../") { return image }
        let isFile = [".sif", ".sqsh", ".squashfs", ".simg"].contains { image.hasSuffix($0) }
        return isFile && !image.contains("://") ? image : nil
    }

    /// The variables that are passed on by name: those of stune and Slurm, those by which programs find GPUs, threads and
    /// each other, and those that the study sets. The rest belongs to the system outside.
    private func passed(_ names: [String]) -> [String] {
        let own = Set(variables)
        return names.filter { name in
            own.contains(name)
                || Container.prefixes.contains(where: name.hasPrefix) || Container.names.contains(name)
        }.sorted()
    }

    private static let prefixes = ["STUNE_", "SLURM_", "CUDA_", "ROCR_", "HIP_", "ZE_", "NCCL_", "OMP_"]
    private static let names: Set<String> = ["MASTER_ADDR", "MASTER_PORT", "GPU_DEVICE_ORDINAL"]

    /// `OUTSIDE` as `OUTSIDE:OUTSIDE`.
    private static func pair(_ bind: String) -> String { bind.contains(":") ? bind : "\(bind):\(bind)" }

    /// Without those that lie in another: a directory is bound with all below it.
    private static func outermost(_ paths: [String]) -> [String] {
        let unique = Set(paths)
        return unique.filter { path in
            !unique.contains { $0 != path && path.hasPrefix($0 == "/" ? "/" : $0 + "/") }
        }.sorted()
    }
}
