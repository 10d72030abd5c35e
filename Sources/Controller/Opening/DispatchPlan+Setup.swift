import Dispatching
import Spool
import StudyFile
import Tuning

extension DispatchPlan {
    /// The dispatcher's settings for a study on a cluster with indices below `maxArraySize`.
    init(_ setup: StudySetup, maxArraySize: Int) {
        let plan = setup.spec.plan
        self.init(
            study: setup.spec.name, use: TaskUse(setup.execution.mode),
            reuses: setup.execution.stay?.reuse == true, parallel: plan.parallel,
            slotsPerTask: setup.spec.execution.slotsPerTask, levels: plan.scheduler.levels,
            sendsManyOn: plan.scheduler.sendsManyOn, maxArraySize: maxArraySize,
            shortWork: Double(setup.limits?.taskMinutes ?? 0) * 60)
    }
}

extension DispatchPlan.TaskUse {
    /// How tasks are used in a mode of the study file.
    init(_ mode: Execution.Mode) {
        switch mode {
        case .rung: self = .single
        case .continue, .reuse: self = .staying
        case .auto: self = .measured
        }
    }
}

extension SchedulerPlan {
    /// Whether one result may promote many waiting trials when no more trials begin. Otherwise, a result that ends a
    /// trial's work frees the worker for the trial that continues because of it.
    fileprivate var sendsManyOn: Bool {
        switch self {
        case .successiveHalving, .hyperband, .pasha: true
        case .asha, .asyncHyperband, .ashaStopping, .medianStopping, .pbt, .external, .none: false
        }
    }
}
