import Foundation
import Testing

/// Studies whose commands run in containers.
@Suite struct ContainerStudyTests {
    /// A study whose commands run by a runtime; `image` and `more` are its container's.
    private func place(_ container: String) throws -> Workplace {
        let place = try Workplace(name: "stune-container")
        try place.writeStudy(
            command: "[sh, train.sh, \"{x}\"]",
            more: """
                container: {\(container)}
                slurm: {environment: {MINE: "a b"}}
                """)
        try place.writeScript(
            before: "echo \"$MINE|$STUNE_TRIAL|$(pwd)\" >> seen; [ -e outside ] && exit 9")
        return place
    }

    /// A program that stands in for a runtime: it notes its arguments, and runs what follows the image.
    private func standIn(_ name: String, image: String, in place: Workplace) throws -> [String: String] {
        try FileManager.default.createDirectory(
            atPath: "\(place.path)/bin", withIntermediateDirectories: true)
        try place.write(
            "bin/\(name)",
            """
            #!/bin/bash
            printf '%s\\n' "$*" >> "\(place.path)/started"
            while [ $# -gt 0 ]; do
              case "$1" in
                *\(image)) shift; exec "$@" ;;
                --container-env=*) shift; exec "$@" ;;
              esac
              shift
            done
            exit 77
            """)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return ["PATH": "\(place.path)/bin:\(path)"]
    }

    @Test(arguments: [("apptainer", "apptainer"), ("podman", "podman"), ("pyxis", "srun")])
    func `each command runs by the runtime, and its study comes to its end`(
        runtime: String, program: String
    ) async throws {
        let place = try place("image: img.sif, runtime: \(runtime), binds: [/opt]")
        let environment = try standIn(program, image: "img.sif", in: place)
        let run = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", "local", environment: environment)
        #expect(run.code == 0, "\(run.errors)")
        let started = try String(contentsOfFile: "\(place.path)/started", encoding: .utf8)
            .split(separator: "\n")
        let seen = try String(contentsOfFile: "\(place.path)/seen", encoding: .utf8).split(separator: "\n")
        #expect(started.count == seen.count && started.count >= 9)
        #expect(seen.allSatisfy { $0.hasPrefix("a b|") })
        for line in started {
            #expect(line.contains(place.path) && line.contains("/opt") && line.contains("sh train.sh "))
        }
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `a runtime and an image that are not here are told by validate, and hinder nothing`()
        async throws
    {
        let place = try place("image: img.sif, runtime: podman")
        let valid = try await place.stune(
            "validate", "study.yaml", environment: ["PATH": "/nonexistent:/usr/bin-none"])
        #expect(valid.code == 0, "\(valid.output)\(valid.errors)")
        #expect(valid.output.contains("there is no 'img.sif' on this machine"), "\(valid.output)")
        #expect(
            valid.output.contains("container.runtime: there is no program 'podman'"), "\(valid.output)")
    }

    /// What podman needs where it may set no limits and finds control groups of both kinds, as in other containers.
    private static let settings = """
        [containers]
        default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
        [engine]
        runtime = "runc"
        """

    /// An image with a shell, built from busybox; nil where podman cannot run it.
    private func image(in place: Workplace) async throws -> [String: String]? {
        try place.write("containers.conf", Self.settings)
        let environment = ["CONTAINERS_CONF": "\(place.path)/containers.conf"]
        let build = """
            set -e
            mkdir -p root/bin && cp "$(command -v busybox)" root/bin/busybox
            for name in sh cat mv sleep pwd; do ln -sf busybox root/bin/$name; done
            tar -C root -cf root.tar . && podman import -q root.tar localhost/stune-test:1
            podman run --rm --network=host localhost/stune-test:1 sh -c true
            """
        let built = try await Tool.run(["sh", "-c", build], in: place.path, environment: environment)
        return built.code == 0 ? environment : nil
    }

    @Test func `podman runs a study where it is installed`() async throws {
        let place = try place("image: \"localhost/stune-test:1\", runtime: podman")
        guard let environment = try await image(in: place) else {
            // Most machines have no podman, or may not run it: the stand-in above has checked the arguments.
            return
        }
        let run = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", "local", environment: environment)
        let failures = try await place.stune("status", place.study).output
        #expect(run.code == 0, "\(run.errors)\(failures)")
        let seen = try String(contentsOfFile: "\(place.path)/seen", encoding: .utf8).split(separator: "\n")
        #expect(seen.count >= 9 && seen.allSatisfy { $0.hasPrefix("a b|") && $0.hasSuffix(place.path) })
    }

    @Test func `a podman container whose command has to be killed is gone afterwards`() async throws {
        let place = try place("image: \"localhost/stune-test:1\", runtime: podman")
        guard let environment = try await image(in: place) else { return }
        try place.write(
            "train.sh", "trap '' TERM\necho > \"started.$STUNE_TRIAL\"\nwhile :; do sleep 1; done\n")
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path,
            environment: environment)
        let hasStarted = try await Tool.wait(seconds: 60) {
            FileManager.default.fileExists(atPath: "\(place.path)/started.0")
        }
        #expect(hasStarted, "\(run.words)")
        let cancelled = try await place.stune("cancel", place.study, environment: environment)
        #expect(cancelled.code == 0, "\(cancelled.errors)")
        try await run.end()
        let isGone = try await Tool.wait(seconds: 60) {
            let left = try await Tool.run(
                ["podman", "ps", "--format", "{{.Names}}", "--filter", "name=stune-"], in: place.path,
                environment: environment)
            return left.output.isEmpty
        }
        #expect(isGone)
    }
}
