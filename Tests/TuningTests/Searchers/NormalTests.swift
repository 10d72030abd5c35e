import Testing
import Tuning

/// The normal distribution used by quantiles, priors and models.
@Suite struct NormalTests {
    /// Printed by `[(p, float(scipy.special.ndtri(p))) for p in …]`.
    static let quantiles: [(p: Double, z: Double)] = [
        (1e-300, -37.0470962993612), (1e-100, -21.273453560965322), (1e-16, -8.222082216130435),
        (1e-09, -5.9978070150076865), (1e-05, -4.264890793922825), (0.001, -3.090232306167813),
        (0.02425, -1.972961051311885), (0.074, -1.4466320671589785), (0.076, -1.4325027208258116),
        (0.25, -0.6744897501960817), (0.4, -0.2533471031357997), (0.5, 0.0), (0.6, 0.2533471031357997),
        (0.9, 1.2815515655446004), (0.924, 1.432502720825812), (0.975, 1.959963984540054),
        (0.999, 3.090232306167813),
    ]

    @Test(arguments: quantiles)
    func `the quantile function gives what SciPy's gives`(p: Double, z: Double) {
        // Above ½ the probability has no more digits than this says.
        let unknown = p > 0.5 ? p.ulp / StandardNormal.density(z) : 0
        #expect(abs(StandardNormal.quantile(p) - z) <= 4e-15 * max(1, abs(z)) + unknown)
        #expect(abs(StandardNormal.cumulative(z) - p) <= 1e-11 * p)
    }

    @Test func `the quantile function ends at the infinities`() {
        #expect(StandardNormal.quantile(0) == -.infinity)
        #expect(StandardNormal.quantile(1) == .infinity)
        #expect(StandardNormal.quantile(.leastNonzeroMagnitude) < -38)
        #expect(StandardNormal.quantile((1.0).nextDown).isFinite)
    }

    @Test func `the quantile function is increasing and odd`() {
        var last = -Double.infinity
        for step in 1..<2_000 {
            let p = Double(step) / 2_000
            let z = StandardNormal.quantile(p)
            #expect(z > last, "at \(p)")
            #expect(abs(z + StandardNormal.quantile(1 - p)) < 1e-12, "at \(p)")
            last = z
        }
    }

    @Test(arguments: [
        TruncatedNormal(mean: 0, sd: 1, min: 7, max: 9), TruncatedNormal(mean: 0, sd: 1, min: -9, max: -7),
        TruncatedNormal(mean: 0.3, sd: 0.2, min: 0, max: 1),
        TruncatedNormal(mean: -5, sd: 2, min: nil, max: -4),
        TruncatedNormal(mean: 1e9, sd: 1e-3, min: nil, max: nil),
        TruncatedNormal(mean: 0, sd: 50, min: 0, max: 1),
    ])
    func `a value of a cut distribution is where its unit says, between the bounds`(normal: TruncatedNormal)
    {
        for step in 0...1_000 {
            let unit = Double(step) / 1_000
            let value = normal.value(at: unit)
            #expect(value.isFinite && value >= normal.min && value <= normal.max, "\(value) at \(unit)")
            guard step > 0, step < 1_000, abs(normal.mean) < 1e3 else { continue }
            #expect(abs(normal.unit(of: value) - unit) < 1e-9, "\(value) at \(unit)")
        }
    }
}
