package import Tuning
import Wire

/// A claim on an attempt: of any number of processes that were started for it, one holds it.
///
/// The same task may be started twice: the cluster took a submission whose reply was lost, and it was
/// sent again; or a node was given up for dead and the task requeued while its old process still runs.
package struct Claim: Hashable, Codable, Sendable {
    /// The cluster's number of the array that the task belongs to.
    package var array: UInt32
    /// The host's name.
    package var host: String
    /// The process on that host.
    package var process: Int32
    /// Random digits that tell this claim from one of an equal number on another boot.
    package var nonce: String

    /// A claim of this process.
    package init(array: UInt32, host: String, process: Int32) {
        self.array = array
        self.host = host
        self.process = process
        nonce = String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// Whether the controller made it, and no worker.
    package var isController: Bool { process == 0 }

    /// A claim of the controller, which gives the work to a worker that waits: it holds against each start of the task.
    package init(givenTo waiting: Turn) {
        (array, host, process, nonce) = (0, "controller", 0, waiting.description)
    }

    /// Tries to claim an attempt.
    ///
    /// The rule: a task of another array with the same token, and a start with a greater epoch, have
    /// precedence if they claimed before; else link(2) decides. Every start tries for the first one's name too: the
    /// controller gives a task's work away by claiming that, and this node may not see it yet.
    /// - Returns: `nil` when this caller now holds the attempt, else in words who does.
    package func take(
        _ attempt: Turn, in study: StudyDirectory
    ) throws(SpoolError) -> String? {
        let directory = study.claims(attempt.token)
        do throws(FileError) {
            for other in try Claim.taken(of: attempt, in: study) {
                let path = "\(directory)/\(attempt.index).\(other)"
                if other > attempt.epoch { return "a later start of the task claimed it ('\(path)')" }
                switch try standing(path, of: attempt, in: study) {
                // An earlier try of ours that was done, and said to have failed.
                case .own where other == attempt.epoch: return nil
                case .own, .ofAnotherStart: break
                case .against(let who): return who
                }
            }
            if attempt.epoch > 0 {
                let first = "\(directory)/\(attempt.index).0"
                if try !study.files.publishExclusively(text, at: first),
                    case .against(let who) = try standing(first, of: attempt, in: study)
                {
                    return who
                }
            }
            let path = "\(directory)/\(attempt.index).\(attempt.epoch)"
            let won = try study.files.publishExclusively(text, at: path)
            return won ? nil : "another start of the task claimed it ('\(path)')"
        } catch {
            throw .file(error)
        }
    }

    /// The claim as JSON, as Codable writes it.
    var text: [UInt8] {
        var writer = JSONWriter()
        writer.raw(#"{"array":"#)
        writer.write(Int(array))
        writer.raw(#","host":"#)
        writer.write(host)
        writer.raw(#","nonce":"#)
        writer.write(nonce)
        writer.raw(#","process":"#)
        writer.write(Int(process))
        writer.raw("}")
        return writer.bytes
    }

    /// What a claim means for this one.
    private enum Standing {
        case own
        /// Of a start of the same task.
        case ofAnotherStart
        /// Who has the work, in words.
        case against(String)
    }

    /// - Throws: `FileError` when it cannot be read now: a name that is taken and not to be seen yet included.
    private func standing(
        _ path: String, of attempt: Turn, in study: StudyDirectory
    ) throws(FileError) -> Standing {
        let holder: Claim
        do throws(SpoolError) {
            holder = try SpoolJSON.read(path, on: study.files, limit: SpoolLimits.recordBytes)
        } catch {
            if case .file(let failure) = error, failure.mayPass || failure.isAbsent { throw failure }
            return .against("it is claimed, and by whom cannot be read: \(error)")
        }
        if holder == self { return .own }
        if holder.array == array { return .ofAnotherStart }
        return .against("task \(holder.array)_\(attempt.index) on \(holder.host) claimed it ('\(path)')")
    }

    /// The holder of an attempt; `nil` when nobody claimed it.
    package static func holder(
        of attempt: Turn, in study: StudyDirectory
    ) throws(SpoolError) -> Claim? {
        let path = "\(study.claims(attempt.token))/\(attempt.index).\(attempt.epoch)"
        do throws(SpoolError) {
            return try SpoolJSON.read(path, on: study.files, limit: SpoolLimits.recordBytes) as Claim
        } catch {
            if case .file(let failure) = error, failure.isAbsent { return nil }
            throw error
        }
    }

    /// Whether a later start of the task has claimed its lane, as the server says at this moment: it may have begun with
    /// what earlier ones have saved.
    package static func hasLater(than attempt: Turn, in study: StudyDirectory) throws(FileError)
        -> Bool
    {
        do throws(FileError) {
            if let last = try taken(of: attempt, in: study).last, last > attempt.epoch { return true }
        } catch  where error.isAbsent {
            return false
        }
        // A cached listing may hide one that an open shows. A start that never came to claim anything leaves a gap.
        for epoch in attempt.epoch + 1...attempt.epoch + 3
        where try study.files.links("\(study.claims(attempt.token))/\(attempt.index).\(epoch)") != nil {
            return true
        }
        return false
    }

    /// The epochs in which a task was claimed, ascending.
    private static func taken(
        of attempt: Turn, in study: StudyDirectory
    ) throws(FileError) -> [Int] {
        try study.files.list(study.claims(attempt.token)).compactMap { name in
            let parts = name.split(separator: ".")
            guard parts.count == 2, parts[0] == String(attempt.index) else { return nil }
            return Int(parts[1])
        }.sorted()
    }
}
