import ArgumentParser
import Clusters
import Controller
import Curves
import Dispatching
import Foundation
import Logging
import OutsidePrograms
import Spool
import Store
import StudyFile
import Tuning

/// The options of every command that controls a study.
struct ControllerOptions: ParsableArguments {
    @Argument(help: "The study file (YAML).")
    var study: String

    @Option(name: .customLong("dir"), help: "The study's directory (default: NAME.stune beside you).")
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "Where tasks run: \(ClusterChoice.allCases.map(\.rawValue).joined(separator: " or ")) (default: what the "
                + "study file says, or else where the study was begun, or what site defaults say, or "
                + "\(ClusterChoice.preferred.rawValue))."))
    var cluster: ClusterChoice?

    @Flag(help: "Take the study from a controller on another machine that is known to be gone.")
    var takeOver = false

    @Flag(
        help: ArgumentHelp(
            "Where the study's store is lost or damaged, go on from the newest copy that can be used, and take in "
                + "again what the trials' directories have."))
    var restore = false

    @Flag(
        help: ArgumentHelp(
            "If the code has changed since it was copied (code: {snapshot: true}), copy it again, for the trials that "
                + "start from now on."))
    var copyCode = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    /// A study that is about to be controlled.
    struct Prepared {
        /// What the study file says.
        let study: ParsedStudy
        /// The study file's text.
        let text: String
        /// Where tasks run.
        let cluster: ClusterChoice
        /// The controller's setup.
        let setup: StudySetup
    }

    /// Reads the study file and decides where the study runs.
    ///
    /// - Parameter stays: whether the controller stays while the study runs, and answers workers at once.
    func prepare(stays: Bool = true) throws -> Prepared {
        let parsed = try StudyInput.read(study)
        let path = ControllerOptions.path(of: parsed.study.spec, named: directory)
        // Opening the study reports an obstacle to this look.
        let begunOn = (try? ControllerOptions.cluster(begunIn: StudyDirectory(path))) ?? nil
        let choice = try ClusterChoice.of(asked: cluster, parsed.study, begunOn: begunOn)
        let setup = try setup(parsed.study, parsed.text, path, choice, stays: stays)
        return Prepared(study: parsed.study, text: parsed.text, cluster: choice, setup: setup)
    }

    /// The absolute path of a study's directory: the one that the user names, or `NAME.stune` in the current directory.
    static func path(of spec: StudySpec, named directory: String?) -> String {
        let name = JobName(study: spec.name, rung: 0, offset: 0, token: ArrayToken(bits: 0))
        return Files.absolute(directory ?? "\(name.study).stune")
    }

    /// Takes the lease, opens the study, and lets `body` control it.
    ///
    /// - Parameter wait: called with the holder if another controller holds the study; returns whether to ask again.
    /// - Parameter away: called with the cluster's message if it does not answer; returns whether to ask again.
    /// - Parameter files: called for a file error that may pass, with its message and how long to wait; returns whether
    ///   to try again.
    /// - Throws: an exit code, after printing the reason.
    func control<Value>(
        _ prepared: Prepared,
        wait: (String) async -> Bool = { _ in false },
        away: @escaping (String) async -> Bool = { _ in false },
        files: @escaping (String, Duration) async -> Bool = { _, _ in false },
        _ body: (inout Controller, StudySetup, Logger) async throws -> Value
    ) async throws -> Value {
        let setup = prepared.setup
        if copyCode && !prepared.study.settings.code.isSnapshot {
            throw complaint("--copy-code: the study file does not say code: {snapshot: true}", code: 2)
        }
        for note in ProgramCheck(setup).notes() { say("note: \(note)") }
        let opening = Opening(away: away, files: files)
        do {
            try await opening.insist { try setup.createDirectory() }
            try refuseOtherCluster(setup)
            let running = prepared.cluster.make(for: setup)
            let lease = try await lease(of: setup, asking: running, wait: wait, opening)
            do {
                return try await control(prepared, running, lease, opening, body)
            } catch {
                // Even if this fails, the next controller notices that this one has ended.
                do { try lease.abandon() } catch { say("\(error)") }
                throw error
            }
        } catch {
            throw verdict(on: error, setup)
        }
    }

    /// Prints why a study is not controlled (any more), and returns the exit code documented in `stune run --help`.
    private func verdict(on error: any Error, _ setup: StudySetup) -> any Error {
        switch error {
        case let error as ControllerError: return complaint(error.description, code: error.exitCode)
        case _ where PassingError.mayPass(error):
            return complaint(
                "\(error); nothing is lost. Go on with: \(resumption(of: setup))", code: 3)
        case let error as StoreError where error.isLoss && !restore:
            return complaint(
                "\(error). Put back what was there, or go on from the newest copy of the study that can be used with: "
                    + "\(resumption(of: setup)) --restore", code: 2)
        case is StoreError, is SpoolError, is CodeCopy.Refused: return complaint("\(error)", code: 2)
        case is FileError:
            return complaint("\(error); name a directory that can be written with --dir", code: 2)
        case is ClusterError: return complaint("\(error)", code: 2)
        default: return error
        }
    }

    /// The command that resumes the study.
    func resumption(of setup: StudySetup) -> String {
        Resumption.command(
            studyFile: Files.absolute(study), directory: setup.directory.path, cluster: setup.clusterName)
    }

    /// Called before asking a cluster that may not exist here, in case the study began on another one. The controller,
    /// which reads the store itself, rejects that in any case.
    private func refuseOtherCluster(_ setup: StudySetup) throws {
        guard let begunOn = try ControllerOptions.cluster(begunIn: setup.directory),
            begunOn != setup.clusterName
        else { return }
        throw ControllerError.otherCluster(
            path: setup.directory.path, begunOn: begunOn, asked: setup.clusterName)
    }

    /// The cluster that a study began on, from its snapshot; `nil` if there is none or it cannot be read, which does
    /// not prevent running the study.
    private static func cluster(begunIn study: StudyDirectory) throws -> String? {
        guard try study.files.exists(study.snapshot) else { return nil }
        let notices = (try? Store.openSnapshot(study.snapshot).read { try $0.notices() }) ?? []
        return notices.first { $0.topic == Notices.cluster }?.text
    }

    private func setup(
        _ study: ParsedStudy, _ text: String, _ path: String, _ cluster: ClusterChoice, stays: Bool
    ) throws -> StudySetup {
        let spec = study.spec
        if cluster != .local && path.contains("\\") {
            throw complaint(
                "Slurm cannot write logs below '\(path)', which has a backslash in it; name another "
                    + "directory with --dir", code: 2)
        }
        let workingDirectory = Files.parent(of: Files.absolute(self.study))
        var setup = StudySetup(
            spec: spec, directory: StudyDirectory(path), workingDirectory: workingDirectory,
            worker: try WorkerBinary.find(), pace: cluster.pace(for: spec, study.settings.limits),
            clusterName: cluster.recordedName)
        (setup.named, setup.stays, setup.restores) = (study.named, stays, restore)
        (setup.studyFile, setup.studyText) = (Files.absolute(self.study), text)
        setup.reopening = stays ? .ifUnfinished : .ifAsked
        setup.limits = cluster.obeyed(study.settings.limits)
        setup.priors = try priors(of: setup)
        setup.searcher = OutsideProcess.searcher(of: spec.plan, workingDirectory: workingDirectory)
        setup.scheduler = OutsideProcess.scheduler(
            of: spec.plan, workingDirectory: workingDirectory, news: setup.searcher?.news)
        return setup
    }

    /// Reads the prior results of a study that has not begun, and tells what cannot be used of them.
    private func priors(of setup: StudySetup) throws -> @Sendable () throws -> [PriorResults] {
        let sources = try PriorSources(setup.spec, file: study, in: setup.directory)
        let read = { @Sendable () throws(ControllerError) -> [PriorFindings] in
            do {
                return try sources.findings()
            } catch {
                throw ControllerError.unusable("\(error)")
            }
        }
        if try sources.areNone || Files.system.exists(Lease.store(of: setup.directory)) {
            return { try read().map(\.results) }
        }
        do throws(ControllerError) {
            let findings = try read()
            for line in findings.flatMap(\.words) { say(line) }
            return { findings.map(\.results) }
        } catch {
            throw complaint("\(error)", code: error.exitCode)
        }
    }

    private func lease(
        of setup: StudySetup, asking running: any Cluster, wait: (String) async -> Bool, _ opening: Opening
    ) async throws -> Lease {
        var patience = opening.patience
        while true {
            do {
                // Ask before taking the lease: a study is begun or taken over only when its cluster answers.
                _ = try await running.maxArraySize()
                return try await Lease.take(
                    of: setup.directory, by: .current(job: ClusterChoice.ownJob), takeOver: takeOver,
                    asking: running
                ) { error in
                    await opening.files("\(error)", patience.next())
                }
            } catch ControllerError.held(let holder, let isAlive) {
                guard await wait(holder) else {
                    throw ControllerError.held(by: holder, isAlive: isAlive)
                }
            } catch let error as ClusterError {
                if case .refused = error { throw error }
                guard await opening.away(error.description) else {
                    throw complaint("\(error); nothing was begun, try again later", code: 3)
                }
            }
        }
    }

    private func control<Value>(
        _ prepared: Prepared, _ running: any Cluster, _ lease: Lease, _ opening: Opening,
        _ body: (inout Controller, StudySetup, Logger) async throws -> Value
    ) async throws -> Value {
        let log = Logger(label: "stune") { label in
            if LiveScreen.isTerminal {
                ScreenLogHandler()
            } else {
                StreamLogHandler.standardError(label: label)
            }
        }
        let setup = try await setup(of: prepared, opening, log)
        if let why = setup.code?.why { log.warning("which code runs is not wholly known: \(why)") }
        var controller = try await opening.insist {
            let controller = try await Controller(setup, cluster: running, lease: lease, log: log)
            if try !setup.directory.files.exists(setup.directory.studyFile) {
                try setup.directory.files.publish(Array(prepared.text.utf8), at: setup.directory.studyFile)
            }
            return controller
        }
        log.info("study '\(setup.spec.name)' in \(setup.directory.path)")
        for value in prepared.study.defaults { log.info("\(value)") }
        if prepared.cluster != .local {
            for effect in SbatchVariables(Host.environment).effects(on: setup.spec.batch) {
                log.info("\(effect)")
            }
        }
        do {
            let value = try await body(&controller, setup, log)
            await setup.searcher?.end()
            await setup.scheduler?.end()
            return value
        } catch {
            await setup.searcher?.end()
            await setup.scheduler?.end()
            throw error
        }
    }
}

extension ControllerOptions {
    /// The setup with the code that trials run: the one beside the study file, or a copy.
    fileprivate func setup(
        of prepared: Prepared, _ opening: Opening, _ log: Logger
    ) async throws -> StudySetup {
        var setup = prepared.setup
        let rule = prepared.study.settings.code
        let look = CodeLook(
            command: setup.spec.command, listed: rule.include, home: setup.workingDirectory)
        guard rule.isSnapshot else {
            setup.code = await look.look()
            return setup
        }
        let copy = try await copy(look, in: setup.directory, opening)
        (setup.code, setup.workingDirectory) = (copy.code, copy.path)
        log.info("trials run the copy of the code in \(copy.path)")
        return setup
    }

    /// The copy of the code that trials run: the newest, or a first one, or one more if the user asks for it and the code
    /// has changed.
    fileprivate func copy(
        _ look: CodeLook, in study: StudyDirectory, _ opening: Opening
    ) async throws -> CodeCopy {
        let newest = try await opening.insist { try CodeCopy.newest(in: study) }
        if let newest {
            let now = await look.look()
            if now.digest == newest.code.digest { return newest }
            if !copyCode {
                let why =
                    now.why ?? "the code has changed since it was copied; to copy it again, add --copy-code"
                say("note: \(why); trials run the copy in '\(newest.path)'")
                return newest
            }
        }
        return try await opening.insist { try await CodeCopy.make(look, in: study) }
    }
}

extension ControllerError {
    /// The exit code documented in `stune run --help`.
    var exitCode: Int32 {
        switch self {
        case .held, .superseded: 4
        case .unusable, .directoryGone, .otherCluster: 2
        }
    }
}
