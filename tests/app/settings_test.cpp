// SPDX-License-Identifier: Apache-2.0
#include "app/settings/settings_file.h"
#include "app/settings/settings_store.h"
#include "tests/app/app_test.h"
#include "tests/support/temporary_library.h"

#include <QRegularExpression>
#include <QTemporaryDir>

#include <cmath>

using app::Settings;
using app::SettingsStore;
using app::Theme;

namespace {

/// Every field differs from its default.
Settings unusual() {
    Settings settings;
    settings.appearance.theme = Theme::dark;
    settings.appearance.language = QStringLiteral("ko");
    settings.composer.request = tests::requestFor("딸기 🍓, \"a\"; b=c\n[section]\n%41\\x", 0xFFFFFFFFFFFFFFFFull);
    settings.composer.request.negative_prompt = "žluťoučký";
    settings.composer.request.num_images = 4;
    settings.composer.request.batch_size = 2;
    settings.composer.request.guidance_scale = 2.25;
    settings.composer.seed_locked = true;
    settings.window.geometry = QByteArray::fromHex("01d9d0cb000300ff");
    settings.window.columns = QByteArray::fromHex("000000ff00000001");
    settings.window.inspector_visible = false;
    settings.window.view = 1;
    settings.window.selected_item = 123456789012;
    settings.window.thumbnail_side = 200;
    settings.image_export.directory = QStringLiteral("/home/someone/그림, fine; ones");
    settings.image_export.format = QStringLiteral("webp");
    settings.image_export.matte = QStringLiteral("#102030");
    settings.image_export.quality = 77;
    return settings;
}

}  // namespace

class SettingsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        file_ = folder_->filePath(QStringLiteral("config/fuselight.ini"));
    }

    void aFirstStartHasTheDefaults() {
        const SettingsStore store(file_);
        QVERIFY(store.settings() == Settings{});
        QCOMPARE(store.settings().appearance.theme, Theme::system);
        QCOMPARE(store.settings().window.thumbnail_side, 160);
        QCOMPARE(store.settings().image_export.format, QStringLiteral("png"));
        QCOMPARE(store.settings().image_export.quality, 92);
        QVERIFY(store.settings().window.inspector_visible);
        QVERIFY(!store.settings().composer.seed_locked);
        QVERIFY2(!QFile::exists(file_), "a start alone writes nothing");
    }

    void everyFieldComesBack() {
        {
            SettingsStore store(file_);
            store.update(unusual());
            QVERIFY(store.settings() == unusual());
        }
        const SettingsStore again(file_);
        QVERIFY(again.settings() == unusual());
        const Settings defaults;
        QVERIFY(again.settings().appearance.theme != defaults.appearance.theme);  // the file was read at all
    }

    void aChangeIsSaidOnceAndWrittenWithoutAnEnd() {
        SettingsStore store(file_);
        QList<Settings> said;
        connect(&store, &SettingsStore::changed, this, [&](const Settings& settings) {
            QVERIFY(store.settings() == settings);
            said.append(settings);
        });
        store.update(Settings{});
        QVERIFY2(said.isEmpty(), "nothing changed");
        store.update(unusual());
        store.update(unusual());
        QCOMPARE(said.size(), 1);
        QTRY_VERIFY(app::readSettings(file_) == unusual());  // a kill from now on loses nothing
    }

    void theLastOfManyChangesIsKept() {
        Settings settings = unusual();
        {
            SettingsStore store(file_);
            for (int side = 64; side <= 512; ++side) {
                settings.window.thumbnail_side = side;
                store.update(settings);
            }
        }
        QCOMPARE(app::readSettings(file_).window.thumbnail_side, 512);
    }

    void valuesOutOfRangeAreClamped() {
        Settings wild;
        wild.appearance.theme = static_cast<Theme>(77);
        wild.composer.request.width = -5;
        wild.composer.request.height = 1000000;
        wild.composer.request.num_inference_steps = 1000000;
        wild.composer.request.num_images = 0;
        wild.composer.request.batch_size = 1000;
        wild.composer.request.guidance_scale = std::nan("");
        wild.window.view = 9;
        wild.window.selected_item = -1;
        wild.window.thumbnail_side = 0;
        wild.image_export.format = QStringLiteral("exe");
        wild.image_export.matte = QStringLiteral("no colour");
        wild.image_export.quality = 500;
        SettingsStore store(file_);
        store.update(wild);
        const Settings& kept = store.settings();
        const Settings defaults;
        QCOMPARE(kept.appearance.theme, Theme::system);
        QCOMPARE(kept.composer.request.width, 0);
        QCOMPARE(kept.composer.request.height, 4096);
        QCOMPARE(kept.composer.request.num_inference_steps, 1000);
        QCOMPARE(kept.composer.request.num_images, 1);
        QCOMPARE(kept.composer.request.batch_size, 64);
        QCOMPARE(kept.composer.request.guidance_scale, defaults.composer.request.guidance_scale);
        QCOMPARE(kept.window.view, 1);
        QCOMPARE(kept.window.selected_item, 0);
        QCOMPARE(kept.window.thumbnail_side, 64);
        QCOMPARE(kept.image_export.format, QStringLiteral("png"));
        QCOMPARE(kept.image_export.matte, QStringLiteral("#ffffff"));
        QCOMPARE(kept.image_export.quality, 100);
    }

    void valuesThatAreNotOfTheirKindBecomeTheDefault() {
        write("[appearance]\ntheme=purple\n"
              "[composer]\nrequest=\"{\\\"prompt\\\": \"\nseed_locked=perhaps\n"
              "[window]\nthumbnail_side=large\ninspector_visible=\nview=library\nselected_item=the first\n"
              "[export]\nformat=exe\nmatte=colourful\nquality=good\n");
        const Settings read = app::readSettings(file_);
        QVERIFY(read.appearance == Settings::Appearance{});
        QVERIFY(read.composer == Settings::Composer{});
        QCOMPARE(read.window.thumbnail_side, 160);
        QCOMPARE(read.window.inspector_visible, true);
        QCOMPARE(read.window.view, 0);
        QCOMPARE(read.window.selected_item, 0);
        QVERIFY(read.image_export == Settings::Export{});
    }

    void aDamagedFileGivesDefaultsAndIsReplacedByAWholeOne_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addRow("random bytes") << QByteArray::fromHex("00ff80c3280a5b5b5d0a3d3d3d0a").repeated(50);
        QTest::addRow("zeros, as after a power failure") << QByteArray(4096, '\0');
        QTest::addRow("no sections") << QByteArray("this is a letter\nto nobody\n");
        QTest::addRow("cut in the middle") << QByteArray("[window]\nthumbnail_side=");
    }
    void aDamagedFileGivesDefaultsAndIsReplacedByAWholeOne() {
        QFETCH(QByteArray, bytes);
        QTest::failOnWarning(QRegularExpression(QStringLiteral("could not be written")));
        write(bytes);
        {
            SettingsStore store(file_);
            QVERIFY(store.settings() == Settings{});
            store.update(unusual());
        }
        QVERIFY(app::readSettings(file_) == unusual());
        QVERIFY2(app::writeSettings(file_, unusual()), "the file is whole again");
    }

    void keysOfANewerProgramAreKept() {
        write("[appearance]\ntheme=light\n[brush]\nsize=12\nname=\"soft, round\"\n");
        {
            SettingsStore store(file_);
            QCOMPARE(store.settings().appearance.theme, Theme::light);
            store.update(unusual());
        }
        const QByteArray text = contents();
        QVERIFY2(text.contains("[brush]"), text.constData());
        QVERIFY(text.contains("size=12"));
        QVERIFY(text.contains("soft, round"));
        QVERIFY(app::readSettings(file_) == unusual());
    }

    void aRequestOfANewerProgramDoesNotSpoilTheRest() {
        write("[appearance]\ntheme=dark\n[composer]\nrequest=\"{\\\"version\\\": 99, \\\"prompt\\\": \\\"p\\\"}\"\n");
        const Settings read = app::readSettings(file_);
        QCOMPARE(read.appearance.theme, Theme::dark);
        QVERIFY(read.composer.request == Settings{}.composer.request);
    }

    void aPlaceThatCannotBeWrittenToIsSaidInTheLogAndNothingElseHappens() {
        QFile obstacle(folder_->filePath(QStringLiteral("config")));
        QVERIFY(obstacle.open(QIODevice::WriteOnly));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("settings could not be written")));
        {
            SettingsStore store(file_);
            store.update(unusual());
            QVERIFY(store.settings() == unusual());
        }
        QVERIFY(!app::writeSettings(file_, unusual()));
    }

private:
    void write(const QByteArray& bytes) {
        QVERIFY(QDir().mkpath(QFileInfo(file_).absolutePath()));
        QFile file(file_);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    QByteArray contents() const {
        QFile file(file_);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> folder_;
    QString file_;
};

APP_TEST(settings, SettingsTest)
#include "settings_test.moc"
