// SPDX-License-Identifier: Apache-2.0
// One binary, some suites: the first argument names the one to run, the rest goes to Qt Test.

#include <QCoreApplication>
#include <QGuiApplication>
#include <QtTest>

#include "tests/integration/adapters_test.h"
#include "tests/integration/command_line_test.h"
#include "tests/integration/job_survival_test.h"
#include "tests/integration/models_test.h"
#include "tests/integration/studio_test.h"

int main(int argc, char** argv) {
    QGuiApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("fuselight"));
    QStringList arguments = QCoreApplication::arguments();
    const QString suite = arguments.size() > 1 ? arguments.takeAt(1) : QString();
    if (suite == QStringLiteral("CommandLineTest")) {
        CommandLineTest test;
        return QTest::qExec(&test, arguments);
    }
    if (suite == QStringLiteral("StudioTest")) {
        StudioTest test;
        return QTest::qExec(&test, arguments);
    }
    if (suite == QStringLiteral("ModelsTest")) {
        ModelsTest test;
        return QTest::qExec(&test, arguments);
    }
    if (suite == QStringLiteral("AdaptersTest")) {
        AdaptersTest test;
        return QTest::qExec(&test, arguments);
    }
    if (suite == QStringLiteral("JobSurvivalTest")) {
        JobSurvivalTest test;
        return QTest::qExec(&test, arguments);
    }
    if (suite == QStringLiteral("job_survival_child")) return runJobSurvivalChild(arguments.value(1));
    qCritical("usage: integration_tests AdaptersTest|CommandLineTest|JobSurvivalTest|ModelsTest|StudioTest [Qt Test options]");
    return 2;
}
