import ArgumentParser
import Foundation
import Spool
import StudyFile

/// A study file that a command was given.
enum StudyInput {
    /// The bytes of a study file, whatever they say.
    ///
    /// - Throws: an exit code of 2, after the reason was told.
    static func bytes(of path: String) throws -> [UInt8] {
        do throws(FileError) {
            return try Files.system.read(Files.absolute(path), limit: StudyFileLimits.fileBytes)
        } catch {
            throw complaint("\(error)", code: 2)
        }
    }

    /// Reads and checks a study file. Nothing is done before the whole of it is valid.
    ///
    /// - Parameter setting: a setting that has another value than in the file; `nil`: none has.
    /// - Throws: an exit code of 2, after every mistake was told with its place.
    static func read(
        _ path: String, changed setting: Setting? = nil
    ) throws -> (study: ParsedStudy, text: String) {
        let bytes = try bytes(of: path)
        do throws(InvalidStudyFile) {
            let parsed = try StudyFile.read(bytes: bytes, file: path, changed: setting)
            for note in parsed.notes { FileHandle.standardError.write(Data("\(note)\n".utf8)) }
            return (parsed, String(decoding: bytes, as: UTF8.self))
        } catch {
            throw complaint(about: error.mistakes)
        }
    }
}
