using System.Globalization;
using System.Text;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>A workspace of library crates of a few hundred lines each; the same text every time.</summary>
internal static class CrateWorkspace
{
    // Ten crates can be compiled at once, each needs two of the ten before.
    private const int CratesPerLayer = 10;
    private const int ShapesPerCrate = 10;

    internal static void Write(string folder, int crates)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "Cargo.toml"), "[workspace]\nmembers = [\"crate*\"]\nresolver = \"2\"\n");
        for (var number = 0; number < crates; number++)
        {
            var crate = Path.Combine(folder, Name(number));
            Directory.CreateDirectory(Path.Combine(crate, "src"));
            File.WriteAllText(Path.Combine(crate, "Cargo.toml"), DescribeCrate(number));
            File.WriteAllText(Path.Combine(crate, "src", "lib.rs"), WriteCode(number));
        }
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"crate{number:00}");

    private static IReadOnlyList<int> ListNeeded(int number)
    {
        var layer = number / CratesPerLayer;
        var before = (layer - 1) * CratesPerLayer;
        return layer == 0 ? [] : [before + (number % CratesPerLayer), before + ((number + 3) % CratesPerLayer)];
    }

    private static string DescribeCrate(int number)
    {
        var needed = ListNeeded(number).Select(other => $"{Name(other)} = {{ path = \"../{Name(other)}\" }}\n");
        return $"[package]\nname = \"{Name(number)}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n"
            + $"[dependencies]\n{string.Concat(needed)}";
    }

    private static string WriteCode(int number)
    {
        var code = new StringBuilder();
        foreach (var other in ListNeeded(number))
        {
            _ = code.AppendLine(
                CultureInfo.InvariantCulture, $"pub use {Name(other)}::measure_all as measure_{Name(other)};");
        }
        for (var shape = 0; shape < ShapesPerCrate; shape++)
        {
            _ = code.Append(WriteShape($"Shape{number}x{shape}", shape + 1));
        }
        var shapes = Enumerable.Range(0, ShapesPerCrate)
            .Select(shape => $"Shape{number}x{shape}::generate(seed).measure()");
        var others = ListNeeded(number).Select(other => $"measure_{Name(other)}(seed)");
        _ = code.AppendLine("pub fn measure_all(seed: u64) -> u64 {\n    [")
            .AppendJoin(",\n", shapes.Concat(others).Select(text => $"        {text}"))
            .AppendLine("\n    ].iter().fold(0, |sum: u64, value| sum.wrapping_add(*value))\n}");
        return code.ToString();
    }

    private static string WriteShape(string name, int factor) => $$"""

        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct {{name}} {
            pub label: String,
            pub parts: Vec<u64>,
            pub weights: std::collections::BTreeMap<String, u64>,
        }

        impl {{name}} {
            pub fn generate(seed: u64) -> Self {
                let parts: Vec<u64> = (0..{{factor}} + 8).map(|part| seed.wrapping_mul(part + {{factor}})).collect();
                let weights = parts.iter().map(|part| (format!("part {part}"), part % 7)).collect();
                Self { label: format!("{{name}} of {seed}"), parts, weights }
            }

            pub fn measure(&self) -> u64 {
                let sum = self.parts.iter().copied().fold(0u64, u64::wrapping_add);
                let weight: u64 = self.weights.values().map(|weight| weight * {{factor}}).sum();
                match sum % {{factor + 1}} {
                    0 => weight,
                    rest if rest > 3 => weight.wrapping_add(rest),
                    rest => weight.wrapping_mul(rest),
                }
            }
        }

        """;
}
