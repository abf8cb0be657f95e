// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/palette.h"

#include <QPalette>
#include <QWidget>

namespace ui::theme {

namespace {

constexpr QColor grey(int level) { return QColor(level, level, level); }

Palette makeDark() {
    Palette p;
    p.canvas = grey(30);
    p.chrome = grey(38);
    p.raised = grey(52);
    p.raised_hover = grey(60);
    p.raised_pressed = grey(66);
    p.field = grey(28);
    p.hairline = grey(20);
    p.control_line = grey(112);
    p.text = grey(230);
    p.text_secondary = grey(176);
    p.text_disabled = grey(110);
    p.accent = QColor(0x63, 0x5b, 0xef);
    p.accent_hover = QColor(0x6a, 0x62, 0xf0);
    p.accent_pressed = QColor(0x54, 0x4c, 0xd6);
    p.accent_text = QColor(0xff, 0xff, 0xff);
    p.focus = QColor(0x8e, 0x88, 0xff);
    p.selection = QColor(0x45, 0x41, 0x86);
    p.star = QColor(0xf6, 0xbd, 0x3c);
    p.star_outline = QColor(0xf6, 0xbd, 0x3c);
    p.danger = QColor(0xf8, 0x97, 0x94);
    p.warning = QColor(0xe8, 0xb0, 0x57);
    p.overlay = QColor(20, 20, 20, 204);
    p.overlay_hover = QColor(70, 70, 70, 220);
    p.overlay_text = grey(240);
    p.checker_light = grey(62);
    p.checker_dark = grey(48);
    p.shadow = QColor(0, 0, 0, 110);
    p.is_dark = true;
    return p;
}

Palette makeLight() {
    Palette p;
    p.canvas = grey(200);
    p.chrome = grey(232);
    p.raised = grey(248);
    p.raised_hover = grey(255);
    p.raised_pressed = grey(216);
    p.field = grey(252);
    p.hairline = grey(190);
    p.control_line = grey(128);
    p.text = grey(26);
    p.text_secondary = grey(78);
    p.text_disabled = grey(140);
    p.accent = QColor(0x57, 0x4f, 0xe0);
    p.accent_hover = QColor(0x63, 0x5b, 0xef);
    p.accent_pressed = QColor(0x46, 0x3f, 0xc0);
    p.accent_text = QColor(0xff, 0xff, 0xff);
    p.focus = QColor(0x57, 0x4f, 0xe0);
    p.selection = QColor(0xc9, 0xc6, 0xf7);
    p.star = QColor(0xee, 0xa8, 0x1c);
    p.star_outline = QColor(0x8f, 0x60, 0x00);
    p.danger = QColor(0xa6, 0x1c, 0x1c);
    p.warning = QColor(0x7a, 0x4d, 0x00);
    p.overlay = QColor(20, 20, 20, 204);
    p.overlay_hover = QColor(70, 70, 70, 220);
    p.overlay_text = grey(240);
    p.checker_light = grey(236);
    p.checker_dark = grey(214);
    p.shadow = QColor(0, 0, 0, 60);
    p.is_dark = false;
    return p;
}

}  // namespace

const Palette& darkPalette() {
    static const Palette palette = makeDark();
    return palette;
}

const Palette& lightPalette() {
    static const Palette palette = makeLight();
    return palette;
}

QPalette toQPalette(const Palette& p) {
    QPalette q;
    q.setColor(QPalette::Window, p.chrome);
    q.setColor(QPalette::WindowText, p.text);
    q.setColor(QPalette::Base, p.field);
    q.setColor(QPalette::AlternateBase, p.raised);
    q.setColor(QPalette::Text, p.text);
    q.setColor(QPalette::PlaceholderText, p.text_secondary);
    q.setColor(QPalette::Button, p.raised);
    q.setColor(QPalette::ButtonText, p.text);
    q.setColor(QPalette::BrightText, p.danger);
    q.setColor(QPalette::ToolTipBase, p.raised);
    q.setColor(QPalette::ToolTipText, p.text);
    q.setColor(QPalette::Highlight, p.selection);
    q.setColor(QPalette::HighlightedText, p.text);
    q.setColor(QPalette::Link, p.focus);
    q.setColor(QPalette::LinkVisited, p.focus);
    q.setColor(QPalette::Light, p.raised_hover);
    q.setColor(QPalette::Midlight, p.raised);
    q.setColor(QPalette::Mid, p.hairline);
    q.setColor(QPalette::Dark, p.control_line);
    q.setColor(QPalette::Shadow, p.shadow);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) q.setColor(QPalette::Disabled, role, p.text_disabled);
    q.setColor(QPalette::Disabled, QPalette::Highlight, p.raised_pressed);
    return q;
}

}  // namespace ui::theme

namespace ui {

const theme::Palette& colors(const QPalette& palette) {
    // The window's own lightness decides: this works for any widget without anyone keeping a current theme.
    const bool dark = palette.color(QPalette::Window).lightness() < 128;
    return dark ? theme::darkPalette() : theme::lightPalette();
}

const theme::Palette& colors(const QWidget* widget) { return colors(widget ? widget->palette() : QPalette()); }

}  // namespace ui
