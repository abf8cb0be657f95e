// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/statistic_text.h"

#include <QCoreApplication>

namespace ui {

QString statisticText(app::PixelStatistic statistic, bool more) {
    const auto words = [more](const char* liked, const char* other) {
        return QCoreApplication::translate("ui::StatisticText", more ? liked : other);
    };
    using enum app::PixelStatistic;
    // Both words stand in the source, so that both are translated.
    switch (statistic) {
    case brightness: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Bright"), QT_TRANSLATE_NOOP("ui::StatisticText", "Dark"));
    case contrast: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Strong contrast"), QT_TRANSLATE_NOOP("ui::StatisticText", "Soft contrast"));
    case warmth: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Warm colours"), QT_TRANSLATE_NOOP("ui::StatisticText", "Cool colours"));
    case tint: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "A green tint"), QT_TRANSLATE_NOOP("ui::StatisticText", "A magenta tint"));
    case colourfulness: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Colourful"), QT_TRANSLATE_NOOP("ui::StatisticText", "Few colours"));
    case saturation:
        return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Saturated colours"), QT_TRANSLATE_NOOP("ui::StatisticText", "Muted colours"));
    case detail: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Much detail"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little detail"));
    case fine_texture: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Fine texture"), QT_TRANSLATE_NOOP("ui::StatisticText", "Broad shapes"));
    case upright_lines: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Upright lines"), QT_TRANSLATE_NOOP("ui::StatisticText", "Level lines"));
    case empty_space:
        return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Much empty ground"), QT_TRANSLATE_NOOP("ui::StatisticText", "A filled picture"));
    case mirror_symmetry:
        return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Left and right alike"),
                     QT_TRANSLATE_NOOP("ui::StatisticText", "Left and right different"));
    case flip_symmetry:
        return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Top and bottom alike"),
                     QT_TRANSLATE_NOOP("ui::StatisticText", "Top and bottom different"));
    case spread:
        return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Reaching to the edges"),
                     QT_TRANSLATE_NOOP("ui::StatisticText", "Gathered in the middle"));
    case coverage:
        return words(QT_TRANSLATE_NOOP("ui::StatisticText", "A full ground"), QT_TRANSLATE_NOOP("ui::StatisticText", "Cut out, without a ground"));
    case hue_red: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Red"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little red"));
    case hue_orange: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Orange"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little orange"));
    case hue_lime:
        return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Yellow green"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little yellow green"));
    case hue_green: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Green"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little green"));
    case hue_cyan: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Turquoise"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little turquoise"));
    case hue_blue: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Blue"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little blue"));
    case hue_violet: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Violet"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little violet"));
    case hue_pink: return words(QT_TRANSLATE_NOOP("ui::StatisticText", "Pink"), QT_TRANSLATE_NOOP("ui::StatisticText", "Little pink"));
    }
    return {};
}

}  // namespace ui
