/// Where the rungs of a ladder are.
public enum RungSpacing: Hashable, Codable, Sendable {
    /// r, r·η, r·η², … up to R: the rungs of Li et al. 2018 (arXiv 1810.05934, Algorithm 2).
    case paper
    /// ⌊R/η^k⌋, …, ⌊R/η⌋, R, down to r: the same number of rungs, and the best trials are trained to the end.
    /// Hyperband's levels (Li et al., JMLR 18-185, 2018, Algorithm 1).
    case full
    /// These levels: ascending, at least one, the lowest at least 1.
    case levels([Resource])
}

/// The levels between a least resource r and a greatest resource R, with a reduction factor η.
struct RungLadder {
    private let minResource: Resource
    private let maxResource: Resource
    private let reductionFactor: Int

    /// - Parameters:
    ///   - minResource: r; at least 1.
    ///   - maxResource: R; not less than r.
    ///   - reductionFactor: η; at least 2.
    init(from minResource: Resource, to maxResource: Resource, reductionFactor: Int) {
        self.minResource = minResource
        self.maxResource = maxResource
        self.reductionFactor = reductionFactor
    }

    /// The resource of each rung, from the lowest up.
    func levels(_ spacing: RungSpacing) -> [Resource] {
        switch spacing {
        case .paper: paper
        case .full: full
        case .levels(let levels): levels
        }
    }

    /// By integer multiplication, not by logarithm: ⌊log(243)/log(3)⌋ is 4 in floating point.
    private var paper: [Resource] {
        var levels: [Resource] = []
        var level = minResource.units
        while level <= maxResource.units {
            levels.append(Resource(level))
            let (next, overflow) = level.multipliedReportingOverflow(by: reductionFactor)
            if overflow { break }
            level = next
        }
        return levels
    }

    /// Downwards from R, so that the top rung is R. Counting r·η^k up to R gives the same number of rungs.
    private var full: [Resource] {
        var levels: [Resource] = []
        var level = maxResource.units
        while level >= minResource.units {
            levels.append(Resource(level))
            level /= reductionFactor
        }
        return levels.reversed()
    }
}
