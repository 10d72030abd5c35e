import ArgumentParser
import Foundation
import Spool
import StudyFile

/// A study file given to a command.
enum StudyInput {
    /// The bytes of a study file, whatever they contain.
    ///
    /// - Throws: an exit code of 2, after printing the reason.
    static func bytes(of path: String) throws -> [UInt8] {
        do throws(FileError) {
            return try Files.system.read(Files.absolute(path), limit: StudyFileLimits.fileBytes)
        } catch {
            throw complaint("\(error)", code: 2)
        }
    }

    /// Looks at files that a study file names, relative to its directory.
    static func look(beside path: String) -> StudyFile.Look {
        let home = Files.parent(of: Files.absolute(path))
        return { name in
            let file = Files.absolute(name.hasPrefix("/") ? name : "\(home)/\(name)")
            do throws(FileError) {
                switch try Files.system.status(file)?.kind {
                case nil: return .absent
                case .directory: return .directory
                case .file: break
                default: return .unreadable("it is neither a file nor a directory")
                }
            } catch {
                return .unreadable(error.description)
            }
            do {
                let handle = try FileHandle(forReadingFrom: URL(filePath: file))
                defer { try? handle.close() }
                return .file(Array(try handle.read(upToCount: SpoolLimits.templateBytes + 1) ?? Data()))
            } catch {
                return .unreadable(error.localizedDescription)
            }
        }
    }

    /// Reads and checks a study file. Nothing happens before the whole file is known to be valid.
    ///
    /// - Parameters:
    ///   - settings: settings that replace the file's.
    ///   - home: the file beside which the files lie that it names; `nil`: itself.
    ///   - tellsNotes: whether notes on it are told, which are no mistakes.
    /// - Throws: an exit code of 2, after every mistake was told with its place.
    static func read(
        _ path: String, changed settings: [Setting] = [], home: String? = nil, tellsNotes: Bool = true
    ) throws -> (study: ParsedStudy, text: String) {
        let bytes = try bytes(of: path)
        let site = try SitePlaces.own.files()
        do throws(InvalidStudyFile) {
            let parsed = try StudyFile.read(
                bytes: bytes, file: path, changed: settings, look: look(beside: home ?? path), site: site)
            for note in parsed.notes where tellsNotes {
                FileHandle.standardError.write(Data("\(note)\n".utf8))
            }
            return (parsed, String(decoding: bytes, as: UTF8.self))
        } catch {
            throw complaint(about: error.mistakes)
        }
    }
}
