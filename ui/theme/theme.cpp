// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/theme.h"

#include <QApplication>
#include <QPalette>
#include <QPixmapCache>
#include <QStyle>
#include <QToolTip>

#include "ui/theme/desktop_scheme.h"
#include "ui/theme/studio_style.h"

namespace ui {

namespace {

/// Lives as a child of the application: it knows the choice that was made and what the desktop says.
class ThemeState final : public QObject {
public:
    ThemeState(QApplication& application, bool platform_is_dark) : QObject(&application), application_(application), scheme_(platform_is_dark, this) {
        setObjectName(QStringLiteral("fuselight_theme"));
        application_.setStyle(new theme::StudioStyle);
        QFont font = application_.font();
        font.setPixelSize(theme::text_body);
        application_.setFont(font);
        connect(&scheme_, &theme::DesktopScheme::changed, this, [this] { refresh(); });
    }

    void choose(app::Theme choice) {
        choice_ = choice;
        if (choice == app::Theme::system) scheme_.ask();
        refresh();
    }

    bool reducesMotion() const { return scheme_.reducesMotion(); }

private:
    void refresh() {
        const bool dark = choice_ == app::Theme::dark || (choice_ == app::Theme::system && scheme_.isDark());
        const theme::Palette& wanted = dark ? theme::darkPalette() : theme::lightPalette();
        if (current_ == &wanted) return;
        current_ = &wanted;
        const QPalette palette = theme::toQPalette(wanted);
        application_.setPalette(palette);
        QToolTip::setPalette(palette);
        QToolTip::setFont(theme::font(theme::text_body));
    }

    QApplication& application_;
    theme::DesktopScheme scheme_;
    app::Theme choice_ = app::Theme::system;
    const theme::Palette* current_ = nullptr;
};

ThemeState* stateOf(const QCoreApplication& application) {
    // Not findChild<ThemeState*>: the class has no meta-object of its own.
    return static_cast<ThemeState*>(application.findChild<QObject*>(QStringLiteral("fuselight_theme"), Qt::FindDirectChildrenOnly));
}

}  // namespace

void applyTheme(QApplication& application, app::Theme choice) {
    ThemeState* state = stateOf(application);
    if (!state) {
        // The first call still sees the palette that the platform brought.
        const bool platform_is_dark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
        state = new ThemeState(application, platform_is_dark);
    }
    state->choose(choice);
}

namespace theme {

QFont font(int pixel_size, QFont::Weight weight) {
    QFont result = QApplication::font();
    result.setPixelSize(pixel_size);
    result.setWeight(weight);
    return result;
}

int motionDuration(const QWidget*) {
    const auto* state = qApp ? stateOf(*qApp) : nullptr;
    return state && state->reducesMotion() ? 0 : motion_ms;
}

}  // namespace theme
}  // namespace ui
