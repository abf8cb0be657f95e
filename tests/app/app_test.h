// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QGuiApplication>
#include <QtTest>

#include <functional>
#include <map>

namespace tests {

/// Suites by name, each registered by APP_TEST at the end of its file.
inline std::map<QString, std::function<int(const QStringList&)>>& suites() {
    static std::map<QString, std::function<int(const QStringList&)>> all;
    return all;
}

struct SuiteRegistration {
    SuiteRegistration(const QString& name, std::function<int(const QStringList&)> run) { suites()[name] = std::move(run); }
};

}  // namespace tests

#define APP_TEST(name, Class)                                                                                                                        \
    static const tests::SuiteRegistration registration(QStringLiteral(#name), [](const QStringList& arguments) {                                     \
        Class test;                                                                                                                                  \
        return QTest::qExec(&test, arguments);                                                                                                       \
    });

/// Compares a Result's success and prints the error otherwise.
#define QVERIFY_OK(result)                                                                                                                           \
    do {                                                                                                                                             \
        const auto& checked_ = (result);                                                                                                             \
        QVERIFY2(checked_.has_value(), checked_ ? "" : checked_.error().detail.c_str());                                                             \
    } while (false)
