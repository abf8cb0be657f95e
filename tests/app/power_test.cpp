// SPDX-License-Identifier: Apache-2.0
#include "app/session/power_source.h"

#include "app/session/power_watch.h"
#include "tests/app/app_test.h"

#include <QTemporaryDir>

class PowerTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void aComputerWithoutABatteryIsNeverOnIt() {
        QVERIFY(!app::PowerSource(folder_->path()).onBattery());
        QVERIFY(!app::PowerSource(folder_->filePath(QStringLiteral("nowhere"))).onBattery());
    }

    void aBatteryThatIsDrainedCountsUnlessSomethingFeedsIt() {
        supply("BAT0", {{"type", "Battery"}, {"status", "Charging"}});
        QVERIFY(!app::PowerSource(folder_->path()).onBattery());
        supply("BAT0", {{"type", "Battery"}, {"status", "Discharging"}});
        QVERIFY(app::PowerSource(folder_->path()).onBattery());
        supply("AC", {{"type", "Mains"}, {"online", "0"}});
        QVERIFY(app::PowerSource(folder_->path()).onBattery());
        supply("usb-c", {{"type", "USB"}, {"online", "1"}});
        QVERIFY(!app::PowerSource(folder_->path()).onBattery());
    }

    void theBatteryOfAMouseIsNotTheComputers() {
        supply("hid-mouse", {{"type", "Battery"}, {"scope", "Device"}, {"status", "Discharging"}});
        QVERIFY(!app::PowerSource(folder_->path()).onBattery());
    }

    void whatCannotBeReadIsNotOnBattery() {
        supply("BAT0", {{"type", QByteArray(1'000'000, 'B')}, {"status", "Discharging"}});
        supply("BAT1", {{"status", "Discharging"}});
        QVERIFY(!app::PowerSource(folder_->path()).onBattery());
    }

    void aChangeIsToldOnce() {
        app::PowerWatch watch{app::PowerSource(folder_->path())};
        QSignalSpy changed(&watch, &app::PowerWatch::changed);
        supply("BAT0", {{"type", "Battery"}, {"status", "Discharging"}});
        watch.look();
        QTRY_COMPARE(changed.size(), 1);
        QVERIFY(watch.onBattery());
        watch.look();
        QTest::qWait(100);
        QCOMPARE(changed.size(), 1);
        supply("BAT0", {{"type", "Battery"}, {"status", "Full"}});
        watch.look();
        QTRY_COMPARE(changed.size(), 2);
        QVERIFY(!watch.onBattery());
    }

private:
    void supply(const char* name, const std::map<QByteArray, QByteArray>& values) {
        QDir folder(folder_->path());
        folder.mkpath(QLatin1String(name));
        for (const auto& [key, value] : values) {
            QFile file(folder.filePath(QLatin1String(name) + QLatin1Char('/') + QLatin1String(key)));
            if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write a supply");
            file.write(value + '\n');
        }
    }

    std::unique_ptr<QTemporaryDir> folder_;
};

APP_TEST(power, PowerTest)
#include "power_test.moc"
