// SPDX-License-Identifier: Apache-2.0
#include "app/library/thumbnail_cache.h"
#include "app/library/thumbnail_loader.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_library.h"

#include <QDirIterator>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

using app::ItemId;
using app::LibraryItem;
using app::ThumbnailCache;
using app::ThumbnailLoader;

namespace {

double secondsOf(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// A cache file that holds up whoever reads it: a pipe, until it is released.
class HeldUp {
public:
    explicit HeldUp(const QString& file) : file_(QFile::encodeName(file)) {
        if (::unlink(file_.constData()) != 0 || ::mkfifo(file_.constData(), 0600) != 0) qFatal("%s", std::strerror(errno));
    }
    ~HeldUp() { release(); }
    HeldUp(const HeldUp&) = delete;
    HeldUp& operator=(const HeldUp&) = delete;

    /// Whether a reader has it open.
    bool reached() {
        if (pipe_ < 0) pipe_ = ::open(file_.constData(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        return pipe_ >= 0;
    }
    void release() {
        if (pipe_ >= 0) ::close(pipe_);
        pipe_ = -1;
    }

private:
    QByteArray file_;
    int pipe_ = -1;
};

}  // namespace

class ThumbnailsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        studio_ = std::make_unique<tests::TemporaryLibrary>();
        start();
    }
    void cleanup() {
        loader_.reset();
        studio_.reset();
    }

    void aThumbnailIsMadeAndThenKnown() {
        const auto item = add(QStringLiteral("a.png"), 640, 320);
        QVERIFY(loader_->thumbnail(item).isNull());
        QTRY_COMPARE(ready_, (QList<ItemId>{item.id}));
        const QImage known = loader_->thumbnail(item);
        QCOMPARE(known.size(), QSize(256, 128));
        QCOMPARE(known.format(), QImage::Format_ARGB32_Premultiplied);
        QCOMPARE(ready_.size(), 1);
        QCOMPARE(cached().size(), 1);
    }

    void theGuiThreadDoesNoneOfTheWork() {
        const auto item = add(QStringLiteral("big.png"), 3000, 2000);
        const double gui_before = secondsOf(CLOCK_THREAD_CPUTIME_ID);
        const double all_before = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
        QVERIFY(loader_->thumbnail(item).isNull());
        QTRY_COMPARE_WITH_TIMEOUT(ready_.size(), 1, 30000);
        const double gui = secondsOf(CLOCK_THREAD_CPUTIME_ID) - gui_before;
        const double all = secondsOf(CLOCK_PROCESS_CPUTIME_ID) - all_before;
        qInfo("%.1f ms of %.1f ms of computing were on the GUI thread", gui * 1e3, all * 1e3);
        QVERIFY(gui < 0.3 * all);
    }

    void askingAgainWhileItIsMadeMakesItOnce() {
        const auto item = add(QStringLiteral("a.png"), 640, 320);
        for (int i = 0; i < 20; ++i) static_cast<void>(loader_->thumbnail(item));
        QTRY_VERIFY(!loader_->thumbnail(item).isNull());
        // Another one is through the pool by then, so a second answer would have come.
        const auto other = add(QStringLiteral("b.png"), 64, 64);
        QTRY_VERIFY(!loader_->thumbnail(other).isNull());
        QCOMPARE(ready_.count(item.id), 1);
    }

    void aSmallPictureIsItsOwnThumbnail() {
        const auto item = add(QStringLiteral("a.png"), 40, 24);
        static_cast<void>(loader_->thumbnail(item));
        QTRY_COMPARE(ready_.size(), 1);
        QCOMPARE(loader_->thumbnail(item).size(), QSize(40, 24));
        QVERIFY2(cached().isEmpty(), "a second file of the same size gains nothing");
    }

    void extremeShapesKeepAPixel() {
        const auto item = add(QStringLiteral("a.png"), 4000, 2);
        static_cast<void>(loader_->thumbnail(item));
        QTRY_COMPARE(ready_.size(), 1);
        QCOMPARE(loader_->thumbnail(item).size(), QSize(256, 1));
    }

    void theCacheIsReadAtTheNextStart() {
        const auto item = add(QStringLiteral("a.png"), 640, 320);
        static_cast<void>(loader_->thumbnail(item));
        QTRY_COMPARE(ready_.size(), 1);
        QCOMPARE(cached().size(), 1);
        // Something else is put into the cache's file: what is shown then came from it.
        QImage marked(256, 128, QImage::Format_ARGB32);
        marked.fill(QColor(1, 200, 3, 128));
        QVERIFY(marked.save(cached().constFirst(), "PNG"));
        start();
        static_cast<void>(loader_->thumbnail(item));
        QTRY_COMPARE(ready_.size(), 1);
        QVERIFY(std::abs(loader_->thumbnail(item).pixelColor(128, 64).green() - 200) <= 2);  // premultiplied meanwhile
    }

    void aPictureThatChangedIsMadeAgain() {
        const auto item = add(QStringLiteral("a.png"), 640, 320);
        static_cast<void>(loader_->thumbnail(item));
        QTRY_COMPARE(ready_.size(), 1);
        QVERIFY_OK(app::writeImage(item.path, tests::fakePixels(320, 640, 4, 9), tests::requestFor("p"), {}));
        start();
        static_cast<void>(loader_->thumbnail(item));
        QTRY_COMPARE(ready_.size(), 1);
        QCOMPARE(loader_->thumbnail(item).size(), QSize(128, 256));
    }

    void aDamagedCacheFileIsMadeAgain() {
        const auto item = add(QStringLiteral("a.png"), 640, 320);
        static_cast<void>(loader_->thumbnail(item));
        QTRY_COMPARE(ready_.size(), 1);
        QFile damaged(cached().constFirst());
        QVERIFY(damaged.resize(10));
        start();
        static_cast<void>(loader_->thumbnail(item));
        QTRY_COMPARE(ready_.size(), 1);
        QCOMPARE(loader_->thumbnail(item).size(), QSize(256, 128));
        QVERIFY(QFileInfo(cached().constFirst()).size() > 10);
    }

    void brokenPicturesAreSaidOnceAndMayBeTriedAgain_data() {
        QTest::addColumn<bool>("deleted");
        QTest::addRow("deleted") << true;
        QTest::addRow("corrupted") << false;
    }
    void brokenPicturesAreSaidOnceAndMayBeTriedAgain() {
        QFETCH(bool, deleted);
        const auto item = add(QStringLiteral("a.png"), 640, 320);
        if (deleted) {
            QVERIFY(QFile::remove(item.path));
        } else {
            QVERIFY(QFile(item.path).resize(QFileInfo(item.path).size() / 2));
        }
        QVERIFY(loader_->thumbnail(item).isNull());
        QTRY_COMPARE(failed_, (QList<ItemId>{item.id}));
        for (int i = 0; i < 5; ++i) QVERIFY(loader_->thumbnail(item).isNull());
        const auto other = add(QStringLiteral("b.png"), 64, 64);
        static_cast<void>(loader_->thumbnail(other));
        QTRY_COMPARE(ready_, (QList<ItemId>{other.id}));
        QCOMPARE(failed_.size(), 1);

        QVERIFY_OK(app::writeImage(item.path, tests::fakePixels(640, 320, 4, 1), tests::requestFor("p"), {}));
        loader_->retry(item);
        QVERIFY(loader_->thumbnail(item).isNull());
        QTRY_COMPARE(ready_.size(), 2);
        QCOMPARE(loader_->thumbnail(item).size(), QSize(256, 128));
    }

    void aPictureThatWasJustWrittenNeedsNoDecoding() {
        const auto item = add(QStringLiteral("a.png"), 640, 320);
        QImage thumbnail(256, 128, QImage::Format_ARGB32_Premultiplied);
        thumbnail.fill(Qt::red);
        loader_->seed(item.path, thumbnail);
        QCOMPARE(loader_->thumbnail(item), thumbnail);
        QVERIFY(ready_.isEmpty());
        QTRY_COMPARE(cached().size(), 1);
        start();  // waits for the file that is under way
        QTRY_VERIFY(!loader_->thumbnail(item).isNull());
        QVERIFY(loader_->thumbnail(item).pixelColor(9, 9).red() > 200);
    }

    void theNewestWishComesFirstAndForgottenOnesNever() {
        const auto first = add(QStringLiteral("big1.png"), 640, 320);
        static_cast<void>(loader_->thumbnail(first));
        QTRY_COMPARE(cached().size(), 1);
        const auto second = add(QStringLiteral("big2.png"), 640, 320);
        static_cast<void>(loader_->thumbnail(second));
        QTRY_COMPARE(cached().size(), 2);
        start();
        // Both threads of the pool are held up while the wishes gather.
        const QStringList files = cached();
        HeldUp held(files.at(0));
        HeldUp held_too(files.at(1));
        static_cast<void>(loader_->thumbnail(first));
        static_cast<void>(loader_->thumbnail(second));
        QTRY_VERIFY(held.reached() && held_too.reached());
        QList<LibraryItem> items;
        for (int i = 0; i < 40; ++i) items.append(add(QStringLiteral("%1.png").arg(i), 32, 32));
        for (const auto& item : items) QVERIFY(loader_->thumbnail(item).isNull());
        for (int i = 1; i < 40; i += 2) loader_->drop(items[i].id);
        held.release();
        held_too.release();
        QTRY_COMPARE(ready_.size(), 22);
        // Two threads may overtake each other a little.
        qsizetype places_of_newer = 0;
        qsizetype places_of_older = 0;
        for (int i = 0; i < 40; i += 2) {
            QVERIFY(ready_.contains(items[i].id));
            (i < 20 ? places_of_older : places_of_newer) += ready_.indexOf(items[i].id);
        }
        QVERIFY(places_of_newer < places_of_older);
    }

    void closingWithAThousandWishesDoesNotServeThem() {
        const auto item = add(QStringLiteral("big.png"), 1600, 1200);
        for (int i = 0; i < 1000; ++i) {
            LibraryItem copy = item;
            copy.id = {1000 + i};
            copy.path += QString::number(i);
            QVERIFY(QFile::link(item.path, copy.path));
            static_cast<void>(loader_->thumbnail(copy));
        }
        const double before = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
        loader_.reset();
        const double spent = secondsOf(CLOCK_PROCESS_CPUTIME_ID) - before;
        qInfo("closing took %.0f ms of computing", spent * 1e3);
        QVERIFY2(cached().size() < 100, "the wishes were served before the end");
    }

    void theCacheKeepsItsNewestFiles() {
        const ThumbnailCache cache(studio_->paths.thumbnailsDir());
        QStringList pictures;
        for (int i = 0; i < 4; ++i) {
            const auto item = add(QStringLiteral("%1.png").arg(i), 300, 300);
            QImage thumbnail(256, 256, QImage::Format_RGB32);
            thumbnail.fill(Qt::blue);
            const QStringList before = cached();
            cache.write(QFileInfo(item.path), thumbnail);
            for (const QString& file : cached()) {
                if (before.contains(file)) continue;
                QFile written(file);
                QVERIFY(written.open(QIODevice::ReadWrite));
                QVERIFY(written.setFileTime(QDateTime::currentDateTimeUtc().addSecs(i - 100), QFileDevice::FileModificationTime));
            }
            pictures.append(item.path);
        }
        qint64 each = QFileInfo(cached().constFirst()).size();
        cache.trim(each * 4);
        QCOMPARE(cached().size(), 4);
        cache.trim(each * 2);
        QCOMPARE(cached().size(), 2);
        QVERIFY(cache.read(QFileInfo(pictures[0])).isNull());
        QVERIFY(cache.read(QFileInfo(pictures[1])).isNull());
        QVERIFY(!cache.read(QFileInfo(pictures[2])).isNull());
        QVERIFY(!cache.read(QFileInfo(pictures[3])).isNull());
    }

private:
    /// A new start of the program.
    void start() {
        loader_.reset();
        loader_ = std::make_unique<ThumbnailLoader>(studio_->paths.thumbnailsDir());
        ready_.clear();
        failed_.clear();
        connect(loader_.get(), &ThumbnailLoader::ready, this, [this](ItemId id, const QImage& image) {
            QVERIFY(!image.isNull());
            ready_.append(id);
        });
        connect(loader_.get(), &ThumbnailLoader::failed, this, [this](ItemId id) { failed_.append(id); });
    }
    LibraryItem add(const QString& name, int width, int height) {
        auto request = tests::requestFor("p");
        request.width = width;
        request.height = height;
        return *studio_->library->find(studio_->add(name, request, tests::fakePixels(width, height, 4, 7)));
    }
    QStringList cached() const {
        QStringList files;
        QDirIterator found(studio_->paths.thumbnailsDir(), QDir::Files, QDirIterator::Subdirectories);
        while (found.hasNext()) files.append(found.next());
        return files;
    }

    std::unique_ptr<tests::TemporaryLibrary> studio_;
    std::unique_ptr<ThumbnailLoader> loader_;
    QList<ItemId> ready_;
    QList<ItemId> failed_;
};

APP_TEST(thumbnails, ThumbnailsTest)
#include "thumbnails_test.moc"
