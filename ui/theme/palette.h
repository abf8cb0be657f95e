// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>

class QPalette;
class QWidget;

namespace ui::theme {

/// Every colour of the studio. The canvas is neutral (R = G = B), so that it does not tint the judgement of a picture; text
/// keeps 4.5:1 on canvas, chrome and raised, controls keep 3:1.
struct Palette {
    QColor canvas;          ///< behind pictures
    QColor chrome;          ///< columns, bars, menus
    QColor raised;          ///< cards, buttons, popovers
    QColor raised_hover;    ///< raised under the pointer
    QColor raised_pressed;  ///< raised while pressed, or switched on
    QColor field;           ///< behind text that can be edited
    QColor hairline;        ///< one device pixel between areas
    QColor control_line;    ///< outline of a field or an unchecked box
    QColor text;
    QColor text_secondary;
    QColor text_disabled;
    QColor accent;  ///< primary button, progress, selection: nothing else
    QColor accent_hover;
    QColor accent_pressed;
    QColor accent_text;   ///< on accent
    QColor focus;         ///< ring around what has the keyboard
    QColor selection;     ///< behind selected text or rows, under `text`
    QColor star;          ///< warm yellow
    QColor star_outline;  ///< keeps a star at 3:1 where the yellow alone would not
    QColor danger;        ///< failures, text that is cut
    QColor warning;       ///< limits that come near
    QColor overlay;       ///< translucent plate over a picture, the same in both themes
    QColor overlay_hover;
    QColor overlay_text;
    QColor checker_light;  ///< squares under real alpha
    QColor checker_dark;
    QColor shadow;
    bool is_dark = true;
};

const Palette& darkPalette();
const Palette& lightPalette();

/// The same colours as widgets of any style know them.
QPalette toQPalette(const Palette& palette);

}  // namespace ui::theme

namespace ui {

/// The colours that fit this widget: the dark set when its window is dark.
const theme::Palette& colors(const QWidget* widget);
const theme::Palette& colors(const QPalette& palette);

}  // namespace ui
