import Foundation
import Spool
import Testing
import Tuning

@testable import OutsidePrograms

/// Schedulers that are shell scripts: each answers as it likes.
@Suite(.timeLimit(.minutes(5))) struct OutsideSchedulerTests {
    private static let plan = ExternalPlan(command: ["schedule"], seed: 7)

    /// A scheduler whose loop has `line`.
    private func scheduler(_ script: String, patience: Int = 20) -> OutsideProcess {
        let loop = """
            while read -r line; do
              case $line in
            \(script)
              esac
            done
            """
        let program = ExternalPlan(command: ["sh", "-c", loop], seed: 7, patience: patience)
        let plan = Plan(
            objective: Objective(metric: "loss", goal: .maximize),
            space: SearchSpace([Parameter(name: "x", domain: .float(min: 0, max: 9, scale: .linear))]),
            searcher: .random(seed: 0),
            scheduler: .external(
                ExternalSchedulerPlan(
                    program: program,
                    asha: ASHAPlan(
                        minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3), step: 2)),
            trials: 10, parallel: 4)
        return OutsideProcess(plan, program, isScheduler: true, workingDirectory: "/")
    }

    private func outcome(
        _ scheduler: OutsideProcess, _ choices: Choices, after steps: [ScheduledStep] = []
    ) async -> OutsideOutcome {
        scheduler.ask(.choice(choices, after: steps))
        while true {
            await scheduler.news.wait(atMost: .seconds(30))
            if let outcome = scheduler.outcome() { return outcome }
        }
    }

    private let some = Choices(mayBegin: true, resting: [TrialID(4): 0])

    @Test(arguments: [
        (#"{"begin":true}"#, Advice.begin), (#"{"trial":4,"to":3}"#, .goOn(TrialID(4), rung: 1)),
        (#"{"rest":true}"#, .rest),
    ])
    func `its answers are advice`(answer: String, advice: Advice) async {
        let scheduler = scheduler("*ask*) echo '\(answer)';;")
        #expect(await outcome(scheduler, some) == .advice(advice))
        await scheduler.end()
    }

    @Test func `it is told the study, then each step once`() async throws {
        let log = NSTemporaryDirectory() + UUID().uuidString
        let scheduler = scheduler(
            "*ask*) echo \"$line\" >> \(log); echo '{\"begin\":true}';; *) echo \"$line\" >> \(log);;")
        let first: [ScheduledStep] = [
            .trial(TrialID(4), Configuration(["x": .float(0.5)])), .running(TrialID(4), rung: 0),
            .result(TrialID(4), rung: 0, Loss(value: -0.25)),
        ]
        _ = await outcome(scheduler, some, after: first)
        _ = await outcome(scheduler, some, after: first + [.cancelled(TrialID(4))])
        await scheduler.end()
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(
            lines.first?.hasPrefix(#"{"type":"study","version":1,"goal":"maximize","levels":[1,3,5,7,9],"#)
                == true)
        #expect(lines.first?.contains(#","trials":10,"parallel":4,"seed":7"#) == true)
        #expect(
            lines.dropFirst() == [
                #"{"type":"trial","trial":4,"parameters":{"x":0.5}}"#,
                #"{"type":"running","trial":4,"to":1}"#,
                #"{"type":"result","trial":4,"resource":1,"value":0.25}"#,
                #"{"type":"ask","may_begin":true}"#, #"{"type":"cancelled","trial":4}"#,
                #"{"type":"ask","may_begin":true}"#,
            ])
    }

    @Test(arguments: [
        (#"{"trial":5,"to":3}"#, "trial 5 does not rest below the last level"),
        (#"{"trial":4,"to":1}"#, "trial 4 rests at 1, and 1 is not one of the levels above"),
        (#"{"trial":4,"to":4}"#, "trial 4 rests at 1, and 4 is not one of the levels above"),
    ])
    func `an answer that is no choice is refused, and the next one counts`(
        answer: String, why: String
    ) async throws {
        let log = NSTemporaryDirectory() + UUID().uuidString
        let scheduler = scheduler(
            """
            *ask*) if [ -e \(log) ]; then echo '{"begin":true}'; else echo '\(answer)'; fi;;
            *refused*) echo "$line" > \(log);;
            """)
        #expect(await outcome(scheduler, some) == .advice(.begin))
        await scheduler.end()
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains(why))
    }

    @Test(arguments: [
        (
            "echo '{\"trial\":9,\"to\":3}'",
            "10 answers in a row cannot be followed, the last because trial 9"
        ),
        (
            "echo '{\"up\":1}'",
            "its answer has neither 'trial' and 'to', nor 'begin': true, nor 'rest': true"
        ),
        ("echo no", "it answers 'no'"), ("exit 3", "it says nothing more"), ("sleep 60", "within 1 s"),
    ])
    func `one that gives no usable answer has failed, and the next question starts it again`(
        does: String, why: String
    ) async {
        let scheduler = scheduler("*ask*) \(does);;", patience: 1)
        for _ in 0..<2 {
            guard case .failure(let failure) = await outcome(scheduler, some) else {
                Issue.record("no failure")
                continue
            }
            #expect(failure.description.contains(why), "\(failure)")
        }
        await scheduler.end()
    }
}
