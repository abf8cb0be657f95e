// SPDX-License-Identifier: Apache-2.0
// One binary, a suite a feature: the first argument names the one to run, the rest goes to Qt Test.

#include "tests/app/app_test.h"

int main(int argc, char** argv) {
    QGuiApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("fuselight"));
    QStringList arguments = QCoreApplication::arguments();
    const auto suite = tests::suites().find(arguments.size() > 1 ? arguments.takeAt(1) : QString());
    if (suite != tests::suites().end()) return suite->second(arguments);
    for (const auto& [name, run] : tests::suites()) qInfo("%s", qPrintable(name));
    qCritical("usage: app_tests SUITE [Qt Test options]");
    return 2;
}
