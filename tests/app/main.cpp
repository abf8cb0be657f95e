// SPDX-License-Identifier: Apache-2.0
// One binary, a suite a feature: the first argument names the one to run, the rest goes to Qt Test.

#include "tests/app/app_test.h"

#include <QTemporaryDir>

namespace {

/// No test touches the user's own folders, trash or sockets.
void moveHomeTo(const QTemporaryDir& home) {
    for (const char* name : {"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"}) {
        qputenv(name, QFile::encodeName(home.path()));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const QTemporaryDir home;
    if (!home.isValid()) qFatal("no place for a temporary home: %s", qPrintable(home.errorString()));
    moveHomeTo(home);
    QGuiApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("fuselight"));
    QStringList arguments = QCoreApplication::arguments();
    const auto suite = tests::suites().find(arguments.size() > 1 ? arguments.takeAt(1) : QString());
    if (suite != tests::suites().end()) return suite->second(arguments);
    for (const auto& [name, run] : tests::suites()) qInfo("%s", qPrintable(name));
    qCritical("usage: app_tests SUITE [Qt Test options]");
    return 2;
}
