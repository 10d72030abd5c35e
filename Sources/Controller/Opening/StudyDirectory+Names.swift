package import Spool
package import StudyFile

extension StudyDirectory {
    /// Which settings the study file named when the study was run last, or changed last; `nil`: there is no such file.
    package func namesInStudyFile() throws(FileError) -> NamedSettings? {
        guard try files.exists(studyFile) else { return nil }
        let bytes = try files.read(studyFile, limit: StudyFileLimits.fileBytes)
        return NamedSettings(text: String(decoding: bytes, as: UTF8.self))
    }
}
