import Foundation
import Spool
import Store
import Testing

/// Studies whose disk fills up under them, on the local cluster.
@Suite(.enabled(if: SmallDisk.refusal == nil, "\(SmallDisk.refusal ?? "")"))
struct DiskFullTests {
    /// A study whose first promoted trial waits in the middle of its reports, and continues at `go`.
    private func writeStudy(_ place: Workplace) throws {
        try place.writeStudy(trials: 9, parallel: 1, command: "[./train.sh, \"{x}\"]")
        try place.write(
            "train.sh",
            """
            #!/bin/sh
            i=$STUNE_FROM
            while [ "$i" -lt "$STUNE_TO" ]; do
              i=$((i + 1))
              if [ "$i" = 2 ]; then : > reached; \(Workplace.gate()); fi
              echo "{\\"resource\\": $i, \\"metrics\\": {\\"loss\\": 0.$(( ($1 * 7919) % 1000 + 1000 / i ))}}" \\
                >> "$STUNE_REPORTS"
            done

            """)
    }

    /// The study's decisions without faults.
    private func undisturbedDecisions() async throws -> [String] {
        let place = try Workplace()
        try writeStudy(place)
        try place.openGate()
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        return try StudyLog(place).decisions()
    }

    /// The study on a small disk, with its trial at the gate.
    private func startedStudy() async throws -> (Workplace, SmallDisk, Tool.Run) {
        let place = try Workplace()
        try writeStudy(place)
        let disk = try SmallDisk(for: place)
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        let isAtGate = try await Tool.wait(seconds: 60) {
            // One of three trials is promoted and reports once more. When the snapshot has that, nothing more is
            // written, and so nothing freed.
            let log = try? StudyLog(place)
            return try log?.read { try $0.reports().count } == 4
        }
        #expect(isAtGate, "\(run.words)")
        return (place, disk, run)
    }

    /// The study ends as if there had been no fault.
    private func expectEnd(_ place: Workplace, _ run: Tool.Run) async throws {
        defer { run.process.terminate() }
        #expect(try await run.end(seconds: 60) == 0, "\(run.words)")
        #expect(try StudyLog(place).decisions() == (try await undisturbedDecisions()))
        let replay = try await place.stune("replay", place.study)
        #expect(replay.code == 0, "\(replay.output)\(replay.errors)")
    }

    @Test func `a controller waits while the disk is full, says so, and then goes on`() async throws {
        let (place, disk, run) = try await startedStudy()
        defer { disk.unmount() }
        // Stopped, so that the disk is full before it can commit the worker's messages.
        kill(run.process.processIdentifier, SIGSTOP)
        defer { kill(run.process.processIdentifier, SIGCONT) }
        try place.openGate()
        let inbox = Inbox(StudyDirectory(place.study))
        let hasLastWord = try await Tool.wait(seconds: 30) {
            try inbox.letters(limit: 100).contains { letter in
                try String(contentsOfFile: letter.path, encoding: .utf8).contains("\"ended\"")
            }
        }
        #expect(hasLastWord)
        try await disk.fill()
        let before = try StudyLog(place).decisions().count
        kill(run.process.processIdentifier, SIGCONT)
        let saysSo = try await Tool.wait(seconds: 30) {
            run.words.contains("trying again in")
        }
        #expect(saysSo)
        #expect(run.process.isRunning)
        let status = try await place.stune("status", place.study)
        #expect(status.code == 0, "readers go on: \(status.errors)")
        #expect(try StudyLog(place).decisions().count == before)
        try disk.free()
        try await expectEnd(place, run)
    }

    @Test func `a worker waits with its news while the disk is full, and loses none`() async throws {
        let (place, disk, run) = try await startedStudy()
        defer { disk.unmount() }
        try await disk.fill()
        try place.openGate()
        // The page of the reports file existed before, so the command itself succeeds.
        try await Task.sleep(for: .seconds(2))
        #expect(run.process.isRunning)
        #expect(try Inbox(StudyDirectory(place.study)).letters(limit: 100).isEmpty)
        try disk.free()
        try await expectEnd(place, run)
    }
}

/// A disk of a few megabytes, in memory.
final class SmallDisk {
    /// Why this process cannot mount one; `nil` if it can.
    static let refusal: String? = {
        guard geteuid() == 0 else { return "only root can mount a small disk" }
        let place = "/tmp/stune-mount-\(UUID().uuidString)"
        defer { rmdir(place) }
        guard mkdir(place, 0o700) == 0, mount("tmpfs", place, "tmpfs", 0, "size=64k") == 0 else {
            return "mounting is not permitted here: \(String(cString: strerror(errno)))"
        }
        umount2(place, Int32(MNT_DETACH))
        return nil
    }()

    /// Kept so that the mount is removed before the directory around it.
    private let place: Workplace
    private var ballast: String { "\(place.study)/ballast" }

    /// Mounts one as the study's directory of a place.
    init(for place: Workplace) throws {
        self.place = place
        try FileManager.default.createDirectory(atPath: place.study, withIntermediateDirectories: true)
        let mounted = mount("tmpfs", place.study, "tmpfs", 0, "size=16m,mode=0700")
        try #require(mounted == 0, "\(String(cString: strerror(errno)))")
    }

    deinit { unmount() }

    /// Unmounts it, even if a file on it is still open, so that it never outlives its test.
    func unmount() { umount2(place.study, Int32(MNT_DETACH)) }

    /// Fills it to the last byte.
    func fill() async throws {
        let outcome = try await Tool.run(["sh", "-c", "exec cat /dev/zero > \"$0\"", ballast], in: "/tmp")
        #expect(outcome.errors.contains("No space left"), "\(outcome.errors)")
    }

    /// Frees what `fill` took.
    func free() throws { try FileManager.default.removeItem(atPath: ballast) }
}
