// SPDX-License-Identifier: Apache-2.0
// ui_tests [PANEL [Qt Test options...]]: one panel's tests, or all.
#include "tests/ui/ui_test.h"
#include "ui/settings/language.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QLocale>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <string>

namespace ui_test {

namespace {
using Factory = std::function<std::unique_ptr<QObject>()>;
// A function, so that the map is there before the first registration whatever the order of the files.
std::multimap<std::string, Factory>& registry() {
    static std::multimap<std::string, Factory> tests;
    return tests;
}
}  // namespace

void registerTest(const char* panel, Factory make) { registry().emplace(panel, std::move(make)); }

}  // namespace ui_test

int main(int argc, char** argv) {
    // A home of their own: file dialogs remember folders, and a deleted picture would go to the user's trash.
    const QTemporaryDir home;
    for (const char* place : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"})
        qputenv(place, home.path().toLocal8Bit());
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("fuselight"));
    // Words and numbers are compared in English, whatever the desktop speaks.
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    ui::applyLanguage(application, QStringLiteral("en"));
    ui::applyTheme(application, app::Theme::dark);

    const std::string wanted = argc > 1 ? argv[1] : "";
    const bool one_panel = ui_test::registry().count(wanted) > 0;
    QStringList options = QCoreApplication::arguments();
    if (one_panel) options.removeAt(1);
    int failures = 0;
    for (const auto& [panel, make] : ui_test::registry()) {
        if (one_panel && panel != wanted) continue;
        const auto test = make();
        failures += QTest::qExec(test.get(), options);
    }
    return failures;
}
