import Foundation
import Testing

/// The use of trials is shown where people look for it.
@Suite struct UsageShownTests {
    @Test func `what a command has used is shown for its attempt, its trial and the study`() async throws {
        let place = try Workplace()
        try place.write(
            "study.yaml",
            """
            name: used
            metric: {name: loss, goal: minimize}
            parameters: {x: {type: float, min: 0, max: 1}}
            searcher: {type: random, seed: 1}
            scheduler: {type: none, max_resource: 1}
            trials: 2
            parallel: 1
            execution: {mode: rung}
            command: [python3, train.py]
            slurm: {mem: 100G}
            """)
        try place.write(
            "train.py",
            """
            import os, time
            held = bytearray(b"x") * (96 << 20)
            end = time.process_time() + 0.3
            while time.process_time() < end:
                pass
            with open(os.environ["STUNE_REPORTS"], "a") as reports:
                reports.write('{"resource": 1, "metrics": {"loss": 1}}\\n')
            """)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let shown = try await place.stune("show", place.study, "1").output
        #expect(shown.contains("s of processors"), "\(shown)")
        let status = try await place.stune("status", place.study).output
        #expect(status.contains("memory: asked for 100G, used "), "\(status)")
        let csv = try await place.stune("trials", place.study, "--csv").output
        let rows = csv.split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let column = try #require(rows[0].firstIndex(of: "cpu_seconds"))
        let memory = try #require(rows[0].firstIndex(of: "memory_bytes"))
        for row in rows.dropFirst() {
            #expect(try #require(Double(row[column])) >= 0.3, "\(csv)")
            #expect(try #require(Double(row[memory])) > Double(90 << 20), "\(csv)")
        }
        #expect(try await place.stune("replay", place.study).code == 0)
    }
}
