package import Tuning

extension SchedulerPlan {
    /// Its `type` in study files.
    package var name: String {
        switch self {
        case .asha: Section.asha.name
        case .asyncHyperband: Section.asyncHyperband.name
        case .ashaStopping: Section.ashaStopping.name
        case .successiveHalving: Section.successiveHalving.name
        case .hyperband: Section.hyperband.name
        case .pasha: Section.pasha.name
        case .medianStopping: Section.medianStopping.name
        case .pbt: Section.pbt.name
        case .external: Section.program.name
        case .none: Section.noScheduler.name
        }
    }
}

extension SearcherPlan {
    /// Its `type` in study files. The two that no file can ask for have that of the searcher they stand in for.
    package var name: String {
        switch self {
        case .random, .list: Section.randomSearcher.name
        case .grid: Section.grid.name
        case .sobol: Section.sobol.name
        case .tpe: Section.tpe.name
        case .bohb: Section.bohb.name
        case .priorband: Section.priorband.name
        case .evolution: Section.evolution.name
        case .external(let plan): (plan.sampler == nil ? Section.external : .optuna).name
        case .nearest(_, let plan): plan.name
        }
    }
}
