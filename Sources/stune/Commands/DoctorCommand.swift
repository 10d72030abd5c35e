import ArgumentParser
import Doctor
import Foundation
import Spool
import Store
import StudyFile

/// `stune doctor`: what this site, this account and this installation mean for a study.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Look at Slurm, the study directory's file system and the installation, and say what to write.",
        discussion: """
            Nothing is changed, and nothing is submitted, unless --submit or --write say so. Each finding is 'ok', a \
            'note', a 'warning' (a study may run worse) or a 'problem' (a study will not run), with what it means and \
            what to write.

            --submit runs a job of at most 3 minutes, on two nodes where there are two, and measures what a study's tasks \
            would see there. --write puts the advised defaults into your site.yaml (docs/site-defaults.md); what you \
            wrote there stays.

            Example: stune doctor --dir /scratch/me
            Example: stune doctor --submit --write

            Exit codes: 0 no problem; 1 there is a problem; 2 wrong use, or the defaults cannot be written.
            """)

    @Option(name: .customLong("dir"), help: "The directory for studies (default: the current one).")
    var directory = "."

    @Flag(help: "Run a job and measure what its nodes see.")
    var submit = false

    @Option(help: "How many seconds to wait for that job to start, 1 to 86400.")
    var wait = 300

    @Flag(help: "Write the advised defaults into your site.yaml.")
    var write = false

    @Option(help: "How many seconds each look may take, 1 to 600.")
    var timeout = 10

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func validate() throws {
        guard (1...600).contains(timeout) else { throw ValidationError("--timeout takes 1 to 600 seconds") }
        guard (1...86_400).contains(wait) else { throw ValidationError("--wait takes 1 to 86400 seconds") }
    }

    func run() async throws {
        let examination = Examination(
            directory: Files.absolute(directory), commands: CommandLook(seconds: timeout), places: .own)
        var diagnosis = await examination.diagnosis()
        if submit {
            if !json { say("submitting a job; this takes until it has started, and then some seconds") }
            diagnosis.probe = await examination.probe(diagnosis, patience: wait)
        }
        let findings = diagnosis.findings
        if !json {
            print(DoctorReport(findings, host: Host.name, directory: examination.directory).text)
        }
        let written = write ? try DefaultsWriter(places: .own).write(findings.settings) : nil
        if json {
            print(try StoreJSON.text(DoctorDocument(findings, examination.directory, written)))
        } else {
            for line in written?.lines ?? DoctorReport.advice(findings) { print(line) }
        }
        if findings.hasProblem { throw ExitCode(1) }
    }
}
