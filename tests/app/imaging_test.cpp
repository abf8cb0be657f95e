// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/image_exporter.h"
#include "app/imaging/pixel_image.h"
#include "app/imaging/safe_file.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temporary_library.h"

#include <QColorSpace>
#include <QImageReader>
#include <QTemporaryDir>

using app::ExportOptions;
using app::ImageFormat;
using inference::ErrorCode;

namespace {

inference::GenerationRequest difficultRequest() {
    auto request = tests::requestFor("노란 배경의 딸기 세 개 🍓 \"quoted\" <b>&amp;</b> \\ \n\t العربية", 0xFFFFFFFFFFFFFFFFull);
    request.negative_prompt = "žluťoučký ]]> kůň";
    return request;
}

/// Every alpha from 0 to 255 over three colours: what premultiplying by mistake would show.
inference::PixelBuffer ramp() {
    inference::PixelBuffer pixels{256, 3, 4, {}};
    for (int y = 0; y < 3; ++y) {
        for (int x = 0; x < 256; ++x) {
            const std::uint8_t colour[4] = {static_cast<std::uint8_t>(y == 0 ? 255 : 40), static_cast<std::uint8_t>(y == 1 ? 255 : 90),
                                            static_cast<std::uint8_t>(y == 2 ? 255 : 10), static_cast<std::uint8_t>(x)};
            pixels.bytes.insert(pixels.bytes.end(), colour, colour + 4);
        }
    }
    return pixels;
}

QByteArray contentsOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

}  // namespace

class ImagingTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void losslessFormatsKeepEveryByteAndItsAlpha_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<ImageFormat>("format");
        QTest::addRow("png") << QStringLiteral("a.png") << ImageFormat::png;
        QTest::addRow("webp") << QStringLiteral("a.webp") << ImageFormat::webp;
        QTest::addRow("tiff") << QStringLiteral("a.tif") << ImageFormat::tiff;
    }
    void losslessFormatsKeepEveryByteAndItsAlpha() {
        QFETCH(QString, name);
        QFETCH(ImageFormat, format);
        ExportOptions options;
        options.format = format;
        options.quality = 100;
        QVERIFY_OK(app::writeImage(path(name), ramp(), difficultRequest(), options));
        const auto read = app::readImage(path(name));
        QVERIFY_OK(read);
        QCOMPARE(read->width, 256);
        QCOMPARE(read->channels, 4);
        for (std::size_t i = 0; i < read->bytes.size(); i += 4) {
            // Colour under alpha 0 cannot be seen, and WebP does not promise it.
            if (ramp().bytes[i + 3] == 0) continue;
            for (std::size_t c = 0; c < 4; ++c) QCOMPARE(read->bytes[i + c], ramp().bytes[i + c]);
        }
        // Another reader sees the same picture.
        const auto again = app::toPixels(QImage(path(name)).convertToFormat(QImage::Format_RGBA8888));
        for (std::size_t i = 0; i < again.bytes.size(); i += 4) {
            if (ramp().bytes[i + 3] < 255) continue;
            for (std::size_t c = 0; c < 4; ++c) QCOMPARE(again.bytes[i + c], ramp().bytes[i + c]);
        }
    }

    void everyFormatCarriesTheRequest_data() { formats(); }
    void everyFormatCarriesTheRequest() {
        QFETCH(QString, name);
        QFETCH(ImageFormat, format);
        ExportOptions options;
        options.format = format;
        QVERIFY_OK(app::writeImage(path(name), tests::fakePixels(33, 17, 4, 3), difficultRequest(), options));
        const auto request = app::readEmbeddedRequest(path(name));
        QVERIFY_OK(request);
        QCOMPARE(request->prompt, difficultRequest().prompt);
        QVERIFY(*request == difficultRequest());
        QVERIFY(!QImage(path(name)).isNull());
    }

    void aPictureWithoutRequestSaysSo_data() { formats(); }
    void aPictureWithoutRequestSaysSo() {
        QFETCH(QString, name);
        QFETCH(ImageFormat, format);
        ExportOptions options;
        options.format = format;
        options.embed_request = false;
        QVERIFY_OK(app::writeImage(path(name), tests::fakePixels(8, 8, 3, 3), difficultRequest(), options));
        const auto request = app::readEmbeddedRequest(path(name));
        QVERIFY(!request);
        QCOMPARE(request.error().code, ErrorCode::invalid_request);
    }

    void everyFormatSaysThatItIsSrgb() {
        for (const char* name : {"a.png", "a.tif", "a.jpg"}) {
            const QString file = path(QLatin1String(name));
            ExportOptions options;
            options.format = *app::imageFormatOf(file);
            QVERIFY_OK(app::writeImage(file, tests::fakePixels(8, 8, 3, 3), difficultRequest(), options));
            QCOMPARE(QImage(file).colorSpace().primaries(), QColorSpace::Primaries::SRgb);
            QCOMPARE(QImage(file).colorSpace().transferFunction(), QColorSpace::TransferFunction::SRgb);
        }
        QVERIFY(contentsOf(path(QStringLiteral("a.png"))).contains("sRGB"));
    }

    void lossyWebpKeepsAlphaExactlyAndColourNearly() {
        ExportOptions options;
        options.format = ImageFormat::webp;
        options.quality = 95;
        auto pixels = tests::fakePixels(64, 64, 4, 2);
        QVERIFY_OK(app::writeImage(path(QStringLiteral("a.webp")), pixels, difficultRequest(), options));
        const auto read = app::readImage(path(QStringLiteral("a.webp")));
        QVERIFY_OK(read);
        QCOMPARE(read->channels, 4);
        for (std::size_t i = 0; i < pixels.bytes.size(); i += 4) {
            QCOMPARE(read->bytes[i + 3], pixels.bytes[i + 3]);
            // Colour is halved in size in lossy WebP, which smears the edges: below the half transparent row, and where
            // the gradients of 5 a pixel start again from 0 (after 51 pixels).
            const std::size_t row = i / 4 / 64;
            const std::size_t column = i / 4 % 64;
            if (row > 4 && row < 48 && column < 48) QVERIFY(std::abs(int(read->bytes[i]) - int(pixels.bytes[i])) < 24);
        }
    }

    void jpegShowsTheMatteWhereThePictureIsTransparent() {
        inference::PixelBuffer pixels{16, 16, 4, std::vector<std::uint8_t>(16 * 16 * 4, 0)};
        for (std::size_t i = 3; i < pixels.bytes.size(); i += 4) pixels.bytes[i] = i < pixels.bytes.size() / 2 ? 0 : 128;
        ExportOptions options;
        options.format = ImageFormat::jpeg;
        options.matte = QColor(200, 100, 50);
        QVERIFY_OK(app::writeImage(path(QStringLiteral("a.jpg")), pixels, difficultRequest(), options));
        const auto read = app::readImage(path(QStringLiteral("a.jpg")));
        QVERIFY_OK(read);
        QCOMPARE(read->channels, 3);
        const int expected[2][3] = {{200, 100, 50}, {100, 50, 25}};  // half covered by black, blended in sRGB values
        for (int half = 0; half < 2; ++half) {
            const std::size_t at = static_cast<std::size_t>((half == 0 ? 3 : 12) * 16 + 8) * 3;
            for (std::size_t c = 0; c < 3; ++c) QVERIFY(std::abs(int(read->bytes[at + c]) - expected[half][c]) <= 3);
        }
    }

    void aVeryLongPromptStaysInTheFileOrIsLeftOutWhole() {
        auto request = difficultRequest();
        for (int i = 0; i < 3000; ++i) request.prompt += "딸기 세 개 ";
        for (const char* name : {"a.png", "a.webp"}) {
            const QString file = path(QLatin1String(name));
            ExportOptions options;
            options.format = *app::imageFormatOf(file);
            QVERIFY_OK(app::writeImage(file, tests::fakePixels(8, 8, 4, 3), request, options));
            const auto read = app::readEmbeddedRequest(file);
            QVERIFY_OK(read);
            QVERIFY(read->prompt == request.prompt);
        }
        for (const char* name : {"a.jpg", "a.tif"}) {
            const QString file = path(QLatin1String(name));
            ExportOptions options;
            options.format = *app::imageFormatOf(file);
            QVERIFY_OK(app::writeImage(file, tests::fakePixels(8, 8, 3, 3), request, options));
            QCOMPARE(app::readEmbeddedRequest(file).error().code, ErrorCode::invalid_request);
        }
    }

    void aTruncatedFileIsRefusedInEveryFormat_data() { formats(); }
    void aTruncatedFileIsRefusedInEveryFormat() {
        QFETCH(QString, name);
        QFETCH(ImageFormat, format);
        ExportOptions options;
        options.format = format;
        QVERIFY_OK(app::writeImage(path(name), tests::fakePixels(64, 64, 3, 3), difficultRequest(), options));
        const QByteArray whole = contentsOf(path(name));
        for (const qsizetype length : {qsizetype{0}, qsizetype{5}, qsizetype{20}, whole.size() / 4, whole.size() / 2}) {
            write(path(name), whole.left(length));
            const auto read = app::readImage(path(name));
            QVERIFY2(!read, qPrintable(QStringLiteral("%1 of %2 bytes were accepted").arg(length).arg(whole.size())));
            QCOMPARE(read.error().code, ErrorCode::corrupt_file);
            static_cast<void>(app::readEmbeddedRequest(path(name)));
        }
    }

    void aFlippedByteNeverCrashesAReader_data() { formats(); }
    void aFlippedByteNeverCrashesAReader() {
        QFETCH(QString, name);
        QFETCH(ImageFormat, format);
        ExportOptions options;
        options.format = format;
        QVERIFY_OK(app::writeImage(path(name), tests::fakePixels(16, 16, 4, 3), difficultRequest(), options));
        const QByteArray whole = contentsOf(path(name));
        for (qsizetype at = 0; at < whole.size(); at += 1 + whole.size() / 150) {
            QByteArray broken = whole;
            broken[at] = static_cast<char>(~broken[at]);
            write(path(name), broken);
            if (const auto read = app::readImage(path(name))) {
                QCOMPARE(read->bytes.size(), std::size_t(read->width) * std::size_t(read->height) * std::size_t(read->channels));
            }
            static_cast<void>(app::readEmbeddedRequest(path(name)));
        }
    }

    void aPictureOfOver64MegapixelsIsRefusedBeforeItIsRead() {
        QVERIFY_OK(app::writeImage(path(QStringLiteral("a.png")), tests::fakePixels(8, 8, 3, 3), difficultRequest(), {}));
        QByteArray png = contentsOf(path(QStringLiteral("a.png")));
        png.replace(16, 8, QByteArray::fromHex("0000ffff0000ffff"));
        const quint32 checksum = crc(png.mid(12, 17));
        for (int i = 0; i < 4; ++i) png[29 + i] = static_cast<char>(checksum >> (24 - 8 * i));
        write(path(QStringLiteral("a.png")), png);
        const auto read = app::readImage(path(QStringLiteral("a.png")));
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::corrupt_file);
        QVERIFY2(read.error().detail.find("65535") != std::string::npos, read.error().detail.c_str());
    }

    void missingFoldersAndForeignFilesAreNamed() {
        QCOMPARE(app::readImage(path(QStringLiteral("absent.png"))).error().code, ErrorCode::io);
        write(path(QStringLiteral("a.png")), "<svg xmlns='http://www.w3.org/2000/svg'/>");
        QCOMPARE(app::readImage(path(QStringLiteral("a.png"))).error().code, ErrorCode::corrupt_file);
        const auto written = app::writeImage(path(QStringLiteral("no/such/folder/a.png")), tests::fakePixels(8, 8, 3, 3), {}, {});
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::io);
        QVERIFY(written.error().detail.find("No such file or directory") != std::string::npos);
    }

    void aFullDiskLeavesTheOldFileAndNoOther() {
        const QString file = path(QStringLiteral("a.png"));
        QVERIFY_OK(app::writeImage(file, tests::fakePixels(8, 8, 3, 3), difficultRequest(), {}));
        const QByteArray before = contentsOf(file);
        {
            const tests::FileSizeLimit full(100);
            const auto written = app::writeImage(file, tests::fakePixels(64, 64, 4, 5), difficultRequest(), {});
            QVERIFY(!written);
            QCOMPARE(written.error().code, ErrorCode::io);
        }
        QCOMPARE(contentsOf(file), before);
        QCOMPARE(QDir(folder_->path()).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("a.png")});
    }

    void leftoversOfADeadProcessAreRemovedAndOthersStay() {
        const QString dead = path(QStringLiteral(".fuselight-999999999-1.part"));
        const QString own = path(QStringLiteral(".fuselight-%1-1.part").arg(QCoreApplication::applicationPid()));
        for (const QString& file : {dead, own, path(QStringLiteral("mine.part"))}) write(file, "half");
        app::removeLeftovers(folder_->path());
        QVERIFY(!QFile::exists(dead));
        QVERIFY(QFile::exists(own));
        QVERIFY(QFile::exists(path(QStringLiteral("mine.part"))));
    }

    void pixelsAndImagesTurnIntoEachOther() {
        for (const int channels : {3, 4}) {
            const auto pixels = tests::fakePixels(13, 7, channels, 9);
            QVERIFY(app::toPixels(app::toImage(pixels)) == pixels);
            auto moved = pixels;
            QVERIFY(app::toPixels(app::toImage(std::move(moved))) == pixels);
        }
        QVERIFY(app::toImage(inference::PixelBuffer{}).isNull());
        QVERIFY(app::toImage(inference::PixelBuffer{4, 4, 3, {1, 2, 3}}).isNull());
        QVERIFY(app::hasTransparency(tests::fakePixels(4, 4, 4, 1)));
        QVERIFY(!app::hasTransparency(tests::fakePixels(4, 4, 3, 1)));
    }

private:
    static void formats() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<ImageFormat>("format");
        for (const char* name : {"a.png", "a.webp", "a.tif", "a.jpg"}) {
            QTest::addRow("%s", name) << QString::fromLatin1(name) << *app::imageFormatOf(QLatin1String(name));
        }
    }
    static quint32 crc(const QByteArray& bytes) {
        quint32 value = 0xffffffffu;
        for (const char byte : bytes) {
            value ^= static_cast<quint8>(byte);
            for (int i = 0; i < 8; ++i) value = (value >> 1) ^ ((value & 1u) != 0 ? 0xedb88320u : 0u);
        }
        return ~value;
    }
    QString path(const QString& name) const { return folder_->filePath(name); }

    std::unique_ptr<QTemporaryDir> folder_;
};

APP_TEST(imaging, ImagingTest)
#include "imaging_test.moc"
