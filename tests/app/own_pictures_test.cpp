// SPDX-License-Identifier: Apache-2.0
#include "app/library/own_pictures.h"

#include "app/feedback/signal_store.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_library.h"

#include <QSignalSpy>

using app::ImageFormat;
using app::ItemId;
using app::OwnPictures;
using inference::ErrorCode;
using tests::must;

class OwnPicturesTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        home_ = std::make_unique<tests::TemporaryLibrary>();
        outside_ = std::make_unique<QTemporaryDir>();
        own_ = std::make_unique<OwnPictures>(*home_->library, *home_->database, home_->paths);
        items_.clear();
        refused_.clear();
        told_ = 0;
        connect(own_.get(), &OwnPictures::added, this, [this](const QList<ItemId>& items, const QList<app::RefusedPicture>& refused) {
            items_ += items;
            refused_ += refused;
            ++told_;
        });
    }
    void cleanup() {
        own_.reset();
        home_.reset();
    }

    void eachFormatIsKeptByteForByteWithTheWordsThatWereGiven_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("ending");
        QTest::newRow("png") << QStringLiteral("holiday.png") << QStringLiteral("png");
        QTest::newRow("jpeg") << QStringLiteral("holiday.jpeg") << QStringLiteral("jpg");
        QTest::newRow("webp") << QStringLiteral("holiday.webp") << QStringLiteral("webp");
        QTest::newRow("tiff") << QStringLiteral("holiday.tif") << QStringLiteral("tiff");
    }
    void eachFormatIsKeptByteForByteWithTheWordsThatWereGiven() {
        QFETCH(QString, name);
        QFETCH(QString, ending);
        const QString file = picture(name, 24, 16);
        own_->add({file}, QStringLiteral("a beach"));
        QTRY_COMPARE(told_, 1);
        QCOMPARE(items_.size(), 1);
        const auto* item = home_->library->find(items_[0]);
        QCOMPARE(item->size, QSize(24, 16));
        QCOMPARE(item->prompt, QStringLiteral("a beach"));
        QCOMPARE(QFileInfo(item->path).suffix(), ending);
        QCOMPARE(bytesOf(item->path), bytesOf(file));
        QVERIFY(own_->isOwn(items_[0]));
        const auto request = must(home_->library->request(items_[0]));
        QVERIFY2(request.model_id.empty(), "no model of ours drew it");
        must(home_->library->setRating(items_[0], 4));
        QCOMPARE(must(app::SignalStore(*home_->database).signalsOf({1})).signals.size(), std::size_t{1});
    }

    void aPhotographStandsUprightHoweverTheCameraWasHeld() {
        // The left half is dark, the right one bright.
        inference::PixelBuffer pixels{32, 16, 3, {}};
        for (int i = 0; i < 32 * 16; ++i) pixels.bytes.insert(pixels.bytes.end(), 3, i % 32 < 16 ? 20 : 230);
        const QString plain = outside_->filePath(QStringLiteral("plain.jpg"));
        app::ExportOptions options;
        options.format = ImageFormat::jpeg;
        options.embed_request = false;
        must(app::writeImage(plain, pixels, {}, options));
        const QByteArray jpeg = bytesOf(plain);
        const auto held = [&](int orientation) {
            QByteArray exif("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 24);
            exif += static_cast<char>(orientation);
            exif += QByteArray(7, '\0');
            const QByteArray segment = QByteArray("\xff\xe1\0", 3) + static_cast<char>(exif.size() + 2) + exif;
            return must(app::readImage(file(QStringLiteral("held-%1.jpg").arg(orientation), jpeg.left(2) + segment + jpeg.mid(2))));
        };
        const auto level = [](const inference::PixelBuffer& from, int x, int y) {
            return int{from.bytes[static_cast<std::size_t>(3 * (y * from.width + x))]};
        };
        for (const int turned : {5, 6, 7, 8}) {
            const auto read = held(turned);
            QCOMPARE(QSize(read.width, read.height), QSize(16, 32));
            const bool dark_above = turned == 5 || turned == 6;
            QVERIFY((level(read, 8, 4) < 100) == dark_above);
            QVERIFY((level(read, 8, 28) < 100) != dark_above);
        }
        for (const int in_place : {1, 2, 3, 4}) {
            const auto read = held(in_place);
            QCOMPARE(QSize(read.width, read.height), QSize(32, 16));
            QCOMPARE(level(read, 4, 8) < 100, in_place == 1 || in_place == 4);
        }
    }

    void whatIsDrawnIsNobodysOwn() {
        const ItemId drawn = home_->add(QStringLiteral("drawn.png"), tests::requestFor("x"), tests::fakePixels(8, 8, 3, 1));
        QVERIFY(!own_->isOwn(drawn));
    }

    void filesOfOneNameDoNotReplaceEachOther() {
        QDir(outside_->path()).mkdir(QStringLiteral("a"));
        QDir(outside_->path()).mkdir(QStringLiteral("b"));
        own_->add({picture(QStringLiteral("a/x.png"), 8, 8), picture(QStringLiteral("b/x.png"), 16, 16)}, {});
        QTRY_COMPARE(told_, 1);
        QCOMPARE(items_.size(), 2);
        QVERIFY(home_->library->find(items_[0])->path != home_->library->find(items_[1])->path);
        QCOMPARE(home_->library->find(items_[1])->size, QSize(16, 16));
    }

    void badFilesAreRefusedByNameAndTheOthersComeIn() {
        const QStringList bad = {
            file(QStringLiteral("text.png"), "hello"), file(QStringLiteral("cut.png"), bytesOf(picture(QStringLiteral("w.png"), 64, 64)).left(90)),
            outside_->filePath(QStringLiteral("nowhere.jpg")), picture(QStringLiteral("long.png"), OwnPictures::max_side + 8, 1)};
        own_->add(QStringList{bad[0], bad[1], picture(QStringLiteral("good.png"), 8, 8), bad[2], bad[3]}, {});
        QTRY_COMPARE(told_, 1);
        QCOMPARE(items_.size(), 1);
        QCOMPARE(refused_.size(), 4);
        for (qsizetype i = 0; i < bad.size(); ++i) {
            QCOMPARE(refused_[i].path, bad[i]);
            QCOMPARE(refused_[i].error.code, i == 2 ? ErrorCode::io : ErrorCode::corrupt_file);
        }
        QCOMPARE(QDir(home_->paths.images_dir).entryList(QDir::Files).size(), 1);  // of the others nothing is left
    }

    void aFolderThatIsGoneIsSaidAndNothingIsInTheLibrary() {
        const QString file = picture(QStringLiteral("x.png"), 8, 8);
        QVERIFY(QDir(home_->paths.images_dir).removeRecursively());
        own_->add({file}, {});
        QTRY_COMPARE(told_, 1);
        QCOMPARE(refused_.size(), 1);
        QCOMPARE(refused_[0].error.code, ErrorCode::io);
        QVERIFY(home_->library->items().empty());
    }

    void theEndOfTheProgramLeavesNoCopyWithoutItsRow() {
        QStringList files;
        for (int i = 0; i < 30; ++i) files.append(picture(QStringLiteral("%1.png").arg(i), 32, 32));
        own_->add(files, {});
        own_.reset();
        QCOMPARE(static_cast<std::size_t>(QDir(home_->paths.images_dir).entryList(QDir::Files).size()), home_->library->items().size());
    }

private:
    QString picture(const QString& name, int width, int height) {
        const QString path = outside_->filePath(name);
        app::ExportOptions options;
        options.format = *app::imageFormatOf(name);
        options.embed_request = false;
        must(app::writeImage(path, tests::fakePixels(width, height, 3, 5), {}, options));
        return path;
    }
    QString file(const QString& name, const QByteArray& bytes) {
        QFile out(outside_->filePath(name));
        if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size()) qFatal("cannot write");
        return out.fileName();
    }
    static QByteArray bytesOf(const QString& path) {
        QFile in(path);
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }

    std::unique_ptr<tests::TemporaryLibrary> home_;
    std::unique_ptr<QTemporaryDir> outside_;
    std::unique_ptr<OwnPictures> own_;
    QList<ItemId> items_;
    QList<app::RefusedPicture> refused_;
    int told_ = 0;
};

APP_TEST(own_pictures, OwnPicturesTest)
#include "own_pictures_test.moc"
