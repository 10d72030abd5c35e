import Foundation
import Store
import Testing
import Tuning

/// Whole studies whose searcher is a program in the study file's directory.
@Suite struct ExternalSearcherTests {
    private func place(_ search: String, trials: Int) throws -> Workplace {
        let place = try Workplace()
        try place.writeStudy(
            trials: trials, parallel: 2, searcher: "{type: external, command: [./search.sh]}")
        try place.writeScript()
        try place.write(
            "search.sh",
            """
            #!/bin/sh
            echo $$ >> searchers
            told=0
            while read -r line; do
              trial=$(echo "$line" | sed 's/.*"trial":\\([0-9]*\\).*/\\1/')
              case $line in
              *result*) told=$((told + 1)) ;;
              *ask*)
            \(search)
                echo "{\\"trial\\":$trial,\\"parameters\\":{\\"x\\":$((100 + trial + 10 * (told > 0)))}}" ;;
              esac
            done
            """)
        return place
    }

    private func searchers(_ place: Workplace) throws -> Int {
        try String(contentsOfFile: "\(place.path)/searchers", encoding: .utf8).split(separator: "\n").count
    }

    @Test func `it proposes every trial, learns what came of them, and is gone at the end`() async throws {
        let place = try place(":", trials: 9)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let values = try StudyLog(place).read { try $0.trials().map { $0.configuration["x"] } }
        #expect(values.first == .int(100))
        // On a busy machine, the first trial may be over before the second is asked for.
        #expect([.int(101), .int(111)].contains(values.dropFirst().first))
        #expect(values.dropFirst(2) == (2..<9).map { .int(110 + $0) }[...])
        #expect(try searchers(place) == 1)
        let process = try String(contentsOfFile: "\(place.path)/searchers", encoding: .utf8)
        #expect(kill(try #require(pid_t(process.trimmingCharacters(in: .newlines))), 0) != 0)
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `one that dies is started anew, and a controller that is resumed asks again`() async throws {
        // The first process dies at its fourth question. A study without it ends with an error, and loses nothing.
        let place = try place(
            "    [ -e died ] || [ $trial != 3 ] || { touch died; echo out of ideas >&2; exit 1; }",
            trials: 6)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("out of ideas"))
        #expect(try searchers(place) == 2)
        #expect(try StudyLog(place).read { try $0.trialCounts().values.reduce(0, +) } == 6)
        #expect(try await place.stune("replay", place.study).code == 0)
    }
}
