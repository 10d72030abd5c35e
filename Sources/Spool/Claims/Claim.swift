package import Tuning
import Wire

/// A claim on an attempt. Of all processes that are started for the attempt, one holds it.
///
/// The same task may be started twice: a submission succeeded but its reply was lost, so it was sent again; or a node
/// was given up and the task requeued while its old process still ran.
package struct Claim: Hashable, Codable, Sendable {
    /// The cluster's number of the array that the task belongs to.
    package var array: UInt32
    /// The host's name.
    package var host: String
    /// The process on that host.
    package var process: Int32
    /// Random digits, to tell this claim from one with equal numbers after a reboot.
    package var nonce: String

    /// A claim of this process.
    package init(array: UInt32, host: String, process: Int32) {
        self.array = array
        self.host = host
        self.process = process
        nonce = String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// Whether the controller made this claim, not a worker.
    package var isController: Bool { process == 0 }

    /// A claim of the controller, which gives the work to a waiting worker. It holds against every start of the task.
    package init(givenTo waiting: Turn) {
        (array, host, process, nonce) = (0, "controller", 0, waiting.description)
    }

    /// Tries to claim an attempt.
    ///
    /// An earlier claim by a task of another array with the same token, or by a start with a greater epoch, takes
    /// precedence; otherwise link(2) decides. Every start also tries for the first start's name, because the controller
    /// gives a task's work away by claiming that name, and this node may not see it yet.
    /// - Returns: `nil` if this caller now holds the attempt, else a description of the holder.
    package func take(
        _ attempt: Turn, in study: StudyDirectory
    ) throws(SpoolError) -> String? {
        let directory = study.claims(attempt.token)
        do throws(FileError) {
            for other in try Claim.taken(of: attempt, in: study) {
                let path = "\(directory)/\(attempt.index).\(other)"
                if other > attempt.epoch { return "a later start of the task claimed it ('\(path)')" }
                switch try standing(path, of: attempt, in: study) {
                // An earlier try of ours succeeded although the system reported a failure.
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

    /// The claim as JSON, in the same form as Codable writes it.
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

    /// What another claim means for this one.
    private enum Standing {
        case own
        /// It belongs to another start of the same task.
        case ofAnotherStart
        /// Its holder, described here, has the work.
        case against(String)
    }

    /// - Throws: `FileError` if it cannot be read now, also if the name is taken but not visible yet.
    private func standing(
        _ path: String, of attempt: Turn, in study: StudyDirectory
    ) throws(FileError) -> Standing {
        let holder: Claim
        do throws(SpoolError) {
            holder = try SpoolJSON.read(path, on: study.files, limit: SpoolLimits.recordBytes)
        } catch {
            if case .file(let failure) = error, failure.mayPass || failure.isAbsent { throw failure }
            return .against("it is claimed, but the claim cannot be read: \(error)")
        }
        if holder == self { return .own }
        if holder.array == array { return .ofAnotherStart }
        return .against("task \(holder.array)_\(attempt.index) on \(holder.host) claimed it ('\(path)')")
    }

    /// The holder of an attempt; `nil` if nobody has claimed it.
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

    /// Whether a later start of the task has claimed its lane, according to the server now. That start may have resumed
    /// from checkpoints of earlier ones.
    package static func hasLater(than attempt: Turn, in study: StudyDirectory) throws(FileError)
        -> Bool
    {
        do throws(FileError) {
            if let last = try taken(of: attempt, in: study).last, last > attempt.epoch { return true }
        } catch  where error.isAbsent {
            return false
        }
        // A cached listing may hide a file that an open shows. A start that ended before its claim leaves a gap.
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
