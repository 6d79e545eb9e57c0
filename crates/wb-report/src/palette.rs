//! The colours of the page, once for light and once for dark.
//!
//! Figures are drawn in the light colours. The style sheet made here maps each of them, found by its attribute in
//! the SVG, to a custom property, so that a figure follows the theme although it is static.

use plotters::style::RGBColor;

use crate::html::put;

/// A colour by what it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ink {
    /// Words and numbers.
    Text,
    /// Labels.
    Quiet,
    /// Lines of a grid.
    Grid,
    /// Zero lines and frames.
    Axis,
    /// The run.
    Run,
    /// The benchmark.
    Benchmark,
    /// Won.
    Gain,
    /// Lost.
    Loss,
}

/// Name of the custom property, colour in light, colour in dark.
type Entry = (&'static str, u32, u32);

const fn entry(ink: Ink) -> Entry {
    match ink {
        Ink::Text => ("text", 0x1B_1F_24, 0xE4_E7_EA),
        Ink::Quiet => ("quiet", 0x5C_65_70, 0x9A_A5_B1),
        Ink::Grid => ("grid", 0xE6_E9_EC, 0x2A_30_37),
        Ink::Axis => ("axis", 0xA9_B1_BA, 0x55_5E_68),
        Ink::Run => ("run", 0x1D_5F_C4, 0x6F_AB_FF),
        Ink::Benchmark => ("benchmark", 0xA3_6A_12, 0xD8_A4_48),
        Ink::Gain => ("gain", 0x0B_7A_6B, 0x40_C0_A8),
        Ink::Loss => ("loss", 0xC2_41_2D, 0xF2_82_6B),
    }
}

const INKS: [Ink; 8] =
    [Ink::Text, Ink::Quiet, Ink::Grid, Ink::Axis, Ink::Run, Ink::Benchmark, Ink::Gain, Ink::Loss];

/// Colours that figures do not use: surfaces, the features in the price chart, and the scale of maps from low to high,
/// which begins near the paper: YlGnBu of C. Brewer's palettes in light, viridis of S. van der Walt and N. Smith in dark.
const OTHERS: [Entry; 15] = [
    ("paper", 0xFF_FF_FF, 0x13_16_1A),
    ("panel", 0xF5_F6_F8, 0x1B_1F_25),
    ("f0", 0x7B_4F_C9, 0xB4_96_F5),
    ("f1", 0xB0_7A_00, 0xE2_B9_3B),
    ("f2", 0x0A_7E_A4, 0x56_C2_E6),
    ("f3", 0xBF_39_89, 0xF0_84_BE),
    ("f4", 0x4E_7D_1F, 0x8F_C7_5A),
    ("f5", 0x6B_72_80, 0xA3_AB_B6),
    ("m0", 0xFF_FF_D9, 0x44_01_54),
    ("m1", 0xD6_EF_B3, 0x44_3A_83),
    ("m2", 0x8F_D3_BA, 0x31_68_8E),
    ("m3", 0x41_B6_C4, 0x21_91_8C),
    ("m4", 0x22_85_BB, 0x35_B7_79),
    ("m5", 0x24_4D_A0, 0x90_D7_43),
    ("m6", 0x08_1D_58, 0xFD_E7_25),
];

impl Ink {
    /// The colour in which figures are drawn.
    pub(crate) const fn rgb(self) -> RGBColor {
        let (_, light, _) = entry(self);
        RGBColor((light >> 16) as u8, (light >> 8) as u8, light as u8)
    }
}

/// The custom properties of both themes, and the rules that map the colours of figures to them.
pub(crate) fn style_sheet() -> String {
    let entries = || INKS.into_iter().map(entry).chain(OTHERS);
    let theme = |dark: bool| {
        let mut out = format!("color-scheme:{};", if dark { "dark" } else { "light" });
        for (name, light, night) in entries() {
            put(&mut out, format_args!("--{name}:#{:06x};", if dark { night } else { light }));
        }
        out
    };
    let (light, dark) = (theme(false), theme(true));
    let mut out = format!(":root{{{light}}}\n");
    put(
        &mut out,
        format_args!("@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"),
    );
    put(&mut out, format_args!(":root[data-theme=dark]{{{dark}}}\n"));
    // On paper always light, whatever the theme on the screen: `html:root` outweighs the rules above.
    put(&mut out, format_args!("@media print{{html:root:root:root{{{light}}}}}\n"));
    for ink in INKS {
        let (name, light, _) = entry(ink);
        for property in ["fill", "stroke"] {
            put(&mut out, format_args!(".plot [{property}=\"#{light:06X}\"]{{{property}:var(--{name})}}\n"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_of_a_figure_can_be_told_from_the_others() {
        for (i, a) in INKS.into_iter().enumerate() {
            for b in &INKS[..i] {
                assert_ne!(entry(a).1, entry(*b).1, "{a:?} and {b:?}");
                assert_ne!(entry(a).0, entry(*b).0);
            }
        }
    }

    /// Relative luminance and contrast as WCAG 2.1 defines them.
    fn contrast(a: u32, b: u32) -> f64 {
        let luminance = |rgb: u32| {
            let linear = |shift: u32| {
                let c = f64::from(rgb >> shift & 0xFF) / 255.0;
                if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
            };
            0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn words_and_lines_stand_out_from_the_paper_in_both_themes() {
        let (_, paper, night) = OTHERS[0];
        for ink in [Ink::Text, Ink::Quiet, Ink::Run, Ink::Benchmark, Ink::Gain, Ink::Loss] {
            let (name, light, dark) = entry(ink);
            assert!(contrast(light, paper) >= 4.5, "{name} on light: {}", contrast(light, paper));
            assert!(contrast(dark, night) >= 4.5, "{name} on dark: {}", contrast(dark, night));
        }
    }
}
