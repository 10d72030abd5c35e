import ArgumentParser
import Controller
import Spool
import Store

/// `stune rebuild`: builds a study's tables again from its log.
struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Build a study's tables again from its log.",
        discussion: """
            'stune status', 'trials', 'show' and 'best' read tables that follow from the log. If they were damaged or \
            changed by hand, so that 'stune replay' differs in a table, this writes them again. No controller may run.

            Example: stune rebuild digits.stune

            Exit codes: 0 done; 1 the log itself was altered: the first event is named, and nothing is changed; 2 there is \
            no study; 4 a controller holds the study.
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let study = StudyDirectory(Files.absolute(directory))
        let copy = try StoreCopy(of: study)
        defer { copy.remove() }
        let own: OwnedStudy
        do {
            own = try await OwnedStudy(study, recordedIn: copy.path)
        } catch ControllerError.held(let holder, _) {
            throw complaint("\(holder) controls the study; stop it first, then rebuild", code: 4)
        }
        let events: Int
        do {
            events = try Controller.rebuild(own.setup, lease: own.lease, log: own.log)
        } catch let error as StoreError {
            throw complaint(error.description, code: 1)
        }
        print(json ? try StoreJSON.text(["events": events]) : "rebuilt the tables from \(events) events")
    }
}
