import Clusters
import Controller
import Dispatching
import Foundation
import Spool
import Store
import Tuning

/// The tasks of studies that wait or run, as the cluster reports them now.
enum QueueView {
    /// The tasks of the study in a directory, or of all the user's studies in the queue.
    static func tasks(for directory: String?) async throws -> [StudyTask] {
        if let directory {
            let study = try OpenStudy(directory)
            // What its tasks did when it was archived is not what they do now.
            if study.isArchive { return [] }
            if study.cluster == ClusterChoice.local.rawValue { return try localTasks(study) }
        }
        #if Slurm
            SlurmAccess.best.remark.map { say($0) }
            do throws(ClusterError) {
                return try await SlurmCluster().studyTasks().filter { !$0.sighting.state.isOver }
            } catch {
                throw complaint("\(error)", code: 1)
            }
        #else
            guard directory == nil else { return [] }
            throw complaint("this stune has no Slurm; name a study's directory", code: 2)
        #endif
    }

    /// The tasks of a study on the local cluster. Only its controller can ask that cluster, so the snapshot is used: a
    /// task runs if one of its lanes has started and not ended.
    private static func localTasks(_ study: OpenStudy) throws -> [StudyTask] {
        try study.snapshot.read { reader in
            let attempts = try reader.openAttempts()
            let tasks = Dictionary(grouping: try reader.openTasks(), by: \.plannedTask)
            return try tasks.map { task, lanes in
                let attempt = lanes.compactMap { attempts[$0.assignment] }.first {
                    $0.started != nil && $0.ended == nil
                }
                let isRunning = attempt != nil
                let elapsed = attempt?.started.map { Date.now.timeIntervalSince1970 - $0 } ?? 0
                let sighting = TaskSighting(
                    task: TaskID(array: ArrayID(lanes.first?.job ?? 0), index: task.index),
                    state: isRunning ? .running : .pending, stateName: isRunning ? "RUNNING" : "PENDING",
                    reason: isRunning ? "" : "Resources", nodes: isRunning ? attempt?.host ?? "" : "",
                    elapsedSeconds: isRunning ? Int(elapsed) : 0,
                    jobName: try reader.arrayName(task.token) ?? "")
                return StudyTask(
                    studyDirectory: study.directory.path, token: task.token, sighting: sighting)
            }
        }
    }
}
