// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/feature_file.h"
#include "tests/app/app_test.h"

#include <QFile>
#include <QTemporaryDir>

#include <limits>

class FeatureFileTest final : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    QString path_ = folder_.filePath(QStringLiteral("a.features"));

    static inference::PictureFeatures some() { return {"v1", {1.5F, -2.0F}, {0.25F}, {3.0F, 4.0F, 5.0F}}; }

private Q_SLOTS:
    void init() { QVERIFY_OK(app::writeFeatures(path_, some())); }

    void whatWasWrittenIsRead() {
        const auto read = app::readFeatures(path_, "v1");
        QVERIFY(read.has_value());
        QVERIFY(*read == some());
    }
    void featuresOfAnotherVersionAreLookedAtAgain() { QVERIFY(!app::readFeatures(path_, "v2")); }
    void aFileThatIsNotThereIsNone() { QVERIFY(!app::readFeatures(folder_.filePath(QStringLiteral("b")), "v1")); }
    void aDamagedByteAnywhereIsNoticed() {
        QFile file(path_);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        file.close();
        for (qsizetype i = 0; i < whole.size(); ++i) {
            QByteArray damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(damaged);
            file.close();
            QVERIFY2(!app::readFeatures(path_, "v1"), qPrintable(QString::number(i)));
        }
    }
    void aFileCutOffAnywhereIsNone() {
        QFile file(path_);
        QVERIFY(file.open(QIODevice::ReadWrite));
        for (qint64 size = file.size() - 1; size >= 0; --size) {
            QVERIFY(file.resize(size));
            QVERIFY2(!app::readFeatures(path_, "v1"), qPrintable(QString::number(size)));
        }
    }
    void whatIsNotFiniteIsNotRead() {
        auto features = some();
        features.judge = {std::numeric_limits<float>::quiet_NaN()};
        QVERIFY_OK(app::writeFeatures(path_, features));
        QVERIFY(!app::readFeatures(path_, "v1"));
    }
    void aFolderThatIsGoneIsAnError() {
        const auto written = app::writeFeatures(folder_.filePath(QStringLiteral("gone/a.features")), some());
        QVERIFY(!written);
        QCOMPARE(written.error().code, inference::ErrorCode::io);
    }
};

APP_TEST(feature_file, FeatureFileTest)
#include "feature_file_test.moc"
