// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/pixel_image.h"
#include "inference/api/request_json.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_library.h"

#include <QElapsedTimer>

using app::ItemId;
using app::Library;
using inference::ErrorCode;

namespace {

/// An hour ago: recovery leaves files alone that are newer than its start.
void makeOlder(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadWrite) || !file.setFileTime(QDateTime::currentDateTimeUtc().addSecs(-3600), QFileDevice::FileModificationTime)) {
        qFatal("cannot set the time of %s", qPrintable(path));
    }
}

}  // namespace

class LibraryTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { studio_ = std::make_unique<tests::TemporaryLibrary>(); }
    void cleanup() { studio_.reset(); }

    void theNewestPictureComesFirst() {
        QList<ItemId> added;
        connect(&library(), &Library::itemAdded, this, [&](ItemId id) {
            QVERIFY2(library().find(id) != nullptr, "announced before it was there");
            added.append(id);
        });
        for (int i = 0; i < 5; ++i)
            studio_->add(QStringLiteral("%1.png").arg(i), tests::requestFor(QStringLiteral("p%1").arg(i).toStdString()), smallPicture());
        QCOMPARE(added.size(), 5);
        for (int i = 0; i < 5; ++i) {
            const auto& item = library().items()[static_cast<std::size_t>(i)];
            QCOMPARE(item.id, added[4 - i]);
            QCOMPARE(item.prompt, QStringLiteral("p%1").arg(4 - i));
            QCOMPARE(library().indexOf(item.id), i);
            QCOMPARE(library().find(item.id)->path, studio_->imagePath(QStringLiteral("%1.png").arg(4 - i)));
            QCOMPARE(library().findFile(item.path), library().find(item.id));
        }
        const auto before = library().items();
        studio_->reopen();
        QVERIFY(library().items() == before);
    }

    void aPictureKeepsItsWholeRequest() {
        auto request = tests::requestFor("노란 배경의 딸기 세 개 🍓", 0xFFFFFFFFFFFFFFFFull);
        request.negative_prompt = "blurry";
        request.guidance_scale = 2.5;
        const ItemId id = studio_->add(QStringLiteral("a.png"), request, smallPicture());
        studio_->reopen();
        const auto read = library().request(id);
        QVERIFY_OK(read);
        QVERIFY(*read == request);
        QCOMPARE(library().find(id)->size, QSize(16, 16));
        QVERIFY(library().find(id)->has_alpha);
        QCOMPARE(library().request(ItemId{999}).error().code, ErrorCode::internal);
    }

    void theSameFileAgainIsTheSameItem() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"), smallPicture());
        QSignalSpy added(&library(), &Library::itemAdded);
        const auto again = library().add(studio_->paths.images_dir + QStringLiteral("/./a.png"), tests::requestFor("p"), {16, 16}, true, 1.0, 1);
        QVERIFY_OK(again);
        QCOMPARE(*again, id);
        QCOMPARE(added.size(), 0);
        QCOMPARE(library().items().size(), std::size_t{1});
    }

    void aPictureOutsideTheFolderIsRefused() {
        for (const QString& path : QStringList{QStringLiteral("/tmp/a.png"), studio_->imagePath(QStringLiteral("../a.png")),
                                               studio_->paths.images_dir + QStringLiteral("-other/a.png")}) {
            const auto added = library().add(path, tests::requestFor("p"), {16, 16}, false, 1.0, 1);
            QVERIFY2(!added, qPrintable(path));
            QCOMPARE(added.error().code, ErrorCode::invalid_request);
        }
        QVERIFY(library().items().empty());
    }

    void aPictureThatCannotBeStoredIsNotShown() {
        QSignalSpy added(&library(), &Library::itemAdded);
        refuseWrites(true);
        QCOMPARE(library().add(studio_->imagePath(QStringLiteral("a.png")), tests::requestFor("p"), {16, 16}, false, 1.0, 1).error().code,
                 ErrorCode::io);
        QCOMPARE(added.size(), 0);
        QVERIFY(library().items().empty());
        refuseWrites(false);
        studio_->add(QStringLiteral("a.png"), tests::requestFor("p"));
        QCOMPARE(added.size(), 1);
    }

    void everyRatingIsWrittenDownWithWhatWasRated() {
        const auto request = tests::requestFor("strawberries", 99);
        const ItemId id = studio_->add(QStringLiteral("a.png"), request, smallPicture());
        QList<int> shown;
        connect(&library(), &Library::ratingChanged, this, [&](ItemId rated, int stars) {
            QCOMPARE(rated, id);
            QCOMPARE(library().ratingHistory()->back().stars, stars);
            shown.append(stars);
        });
        const QDateTime before = QDateTime::currentDateTimeUtc().addMSecs(-1);
        for (const int stars : {3, 3, 5, 0}) QVERIFY_OK(library().setRating(id, stars));
        QCOMPARE(shown, (QList<int>{3, 5, 0}));  // the same stars again are no new rating
        studio_->reopen();
        QCOMPARE(library().find(id)->rating, 0);
        const auto history = library().ratingHistory();
        QVERIFY_OK(history);
        QCOMPARE(history->size(), std::size_t{3});
        const int expected[] = {3, 5, 0};
        for (std::size_t i = 0; i < 3; ++i) {
            const auto& record = (*history)[i];
            QCOMPARE(record.stars, expected[i]);
            QCOMPARE(record.item, id);
            QVERIFY(record.request == request);
            QCOMPARE(record.request.model_id, std::string("fake-model"));
            QVERIFY(record.rated_at >= before && record.rated_at <= QDateTime::currentDateTimeUtc());
        }
        auto row = studio_->database->execute(QStringLiteral("SELECT model_id, file FROM ratings ORDER BY id"));
        QVERIFY_OK(row);
        QVERIFY(row->next());
        QCOMPARE(row->value(0).toString(), QStringLiteral("fake-model"));
        QCOMPARE(row->value(1).toString(), QStringLiteral("a.png"));
    }

    void theHistoryCanNeitherBeChangedNorDeleted() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"));
        QVERIFY_OK(library().setRating(id, 4));
        for (const char* sql : {"UPDATE ratings SET stars = 1", "DELETE FROM ratings"}) {
            const auto done = studio_->database->execute(QLatin1String(sql));
            QVERIFY(!done);
            QVERIFY2(done.error().detail.find("append-only") != std::string::npos, done.error().detail.c_str());
        }
        QCOMPARE(library().ratingHistory()->size(), std::size_t{1});
        QCOMPARE(library().ratingHistory()->front().stars, 4);
    }

    void aRatingOutOfRangeOrOfNothingIsRefused() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"));
        for (const int stars : {-1, 6, 1000}) QCOMPARE(library().setRating(id, stars).error().code, ErrorCode::invalid_request);
        QCOMPARE(library().setRating(ItemId{id.value + 1}, 3).error().code, ErrorCode::invalid_request);
        QVERIFY(library().ratingHistory()->empty());
    }

    void aRatingThatCannotBeStoredIsNotShown() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"));
        QVERIFY_OK(library().setRating(id, 2));
        QSignalSpy changed(&library(), &Library::ratingChanged);
        refuseWrites(true);
        QCOMPARE(library().setRating(id, 5).error().code, ErrorCode::io);
        refuseWrites(false);
        QCOMPARE(library().find(id)->rating, 2);
        QCOMPARE(changed.size(), 0);
        QCOMPARE(library().ratingHistory()->size(), std::size_t{1});
    }

    void trashAndUndoBringEverythingBack() {
        QList<ItemId> ids;
        for (int i = 0; i < 4; ++i) ids.append(studio_->add(QStringLiteral("%1.png").arg(i), tests::requestFor("p"), smallPicture()));
        QVERIFY_OK(library().setRating(ids[1], 5));
        const auto before = library().items();
        QList<QList<ItemId>> removed;
        QList<QList<ItemId>> restored;
        connect(&library(), &Library::itemsRemoved, this, [&](const QList<ItemId>& some) { removed.append(some); });
        connect(&library(), &Library::itemsRestored, this, [&](const QList<ItemId>& some) { restored.append(some); });

        QVERIFY_OK(library().moveToTrash({ids[1], ids[3], ids[1], ItemId{999}}));
        QCOMPARE(removed, (QList<QList<ItemId>>{{ids[1], ids[3]}}));
        QCOMPARE(library().items().size(), std::size_t{2});
        QCOMPARE(library().indexOf(ids[1]), -1);
        QVERIFY(library().findFile(studio_->imagePath(QStringLiteral("1.png"))) == nullptr);
        QVERIFY(!QFile::exists(studio_->imagePath(QStringLiteral("1.png"))));
        QCOMPARE(trashFiles().size(), 2);
        QCOMPARE(library().trashCount(), 2);
        QCOMPARE(library().setRating(ids[1], 1).error().code, ErrorCode::invalid_request);

        studio_->reopen();  // the trash outlives the program
        QCOMPARE(library().trashCount(), 2);
        QCOMPARE(library().items().size(), std::size_t{2});
        connect(&library(), &Library::itemsRestored, this, [&](const QList<ItemId>& some) { restored.append(some); });
        QVERIFY_OK(library().restoreFromTrash({ids[3], ids[1], ids[0]}));
        QCOMPARE(restored, (QList<QList<ItemId>>{{ids[3], ids[1]}}));
        QVERIFY2(library().items() == before, "not in the old places");
        QVERIFY(QFile::exists(studio_->imagePath(QStringLiteral("1.png"))));
        QCOMPARE(library().trashCount(), 0);
        QVERIFY(trashFiles().isEmpty());
        QCOMPARE(library().find(ids[1])->rating, 5);
    }

    void aRestoredPictureWhoseNameIsTakenGetsAnother() {
        const ItemId old = studio_->add(QStringLiteral("a.png"), tests::requestFor("old", 1), picture(1));
        QVERIFY_OK(library().moveToTrash({old}));
        const ItemId younger = studio_->add(QStringLiteral("a.png"), tests::requestFor("younger", 2), picture(2));
        QVERIFY_OK(library().restoreFromTrash({old}));
        QVERIFY(library().find(old)->path != library().find(younger)->path);
        QVERIFY(*app::readImage(library().find(old)->path) == picture(1));
        QVERIFY(*app::readImage(library().find(younger)->path) == picture(2));
        const QString path = library().find(old)->path;
        studio_->reopen();
        QCOMPARE(library().find(old)->path, path);
    }

    void aPictureWhoseFileIsGoneCanBeTrashedAndRestored() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"), smallPicture());
        QVERIFY(QFile::remove(studio_->imagePath(QStringLiteral("a.png"))));
        QVERIFY_OK(library().moveToTrash({id}));
        QVERIFY(library().items().empty());
        QVERIFY_OK(library().restoreFromTrash({id}));
        QCOMPARE(library().items().size(), std::size_t{1});
    }

    void aTrashThatCannotBeMadeKeepsThePicture() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"), smallPicture());
        QFile obstacle(studio_->paths.trash_dir);
        QVERIFY(obstacle.open(QIODevice::WriteOnly));
        QSignalSpy removed(&library(), &Library::itemsRemoved);
        const auto moved = library().moveToTrash({id});
        QVERIFY(!moved);
        QCOMPARE(moved.error().code, ErrorCode::io);
        QVERIFY(moved.error().detail.find(studio_->paths.trash_dir.toStdString()) != std::string::npos);
        QCOMPARE(removed.size(), 0);
        QCOMPARE(library().items().size(), std::size_t{1});
        QVERIFY(QFile::exists(studio_->imagePath(QStringLiteral("a.png"))));
    }

    void whenOneFileCannotMoveNoneDoes() {
        QList<ItemId> ids;
        for (int i = 0; i < 3; ++i) ids.append(studio_->add(QStringLiteral("%1.png").arg(i), tests::requestFor("p"), smallPicture()));
        QVERIFY(QDir().mkpath(studio_->paths.trash_dir));
        QFile obstacle(studio_->paths.trash_dir + QStringLiteral("/%1-1.png").arg(ids[1].value));
        QVERIFY(obstacle.open(QIODevice::WriteOnly));
        const auto before = library().items();
        QCOMPARE(library().moveToTrash(ids).error().code, ErrorCode::io);
        QVERIFY(library().items() == before);
        for (int i = 0; i < 3; ++i) QVERIFY(QFile::exists(studio_->imagePath(QStringLiteral("%1.png").arg(i))));
        studio_->reopen();
        QVERIFY(library().items() == before);
        QCOMPARE(library().trashCount(), 0);
    }

    void aTrashThatCannotBeStoredKeepsThePicture() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"), smallPicture());
        refuseWrites(true);
        QCOMPARE(library().moveToTrash({id}).error().code, ErrorCode::io);
        QVERIFY(QFile::exists(studio_->imagePath(QStringLiteral("a.png"))));
        QCOMPARE(library().items().size(), std::size_t{1});
        refuseWrites(false);
        QVERIFY_OK(library().moveToTrash({id}));
        refuseWrites(true);
        QCOMPARE(library().restoreFromTrash({id}).error().code, ErrorCode::io);
        QVERIFY(!QFile::exists(studio_->imagePath(QStringLiteral("a.png"))));
        QCOMPARE(library().trashCount(), 1);
        refuseWrites(false);
        QVERIFY_OK(library().restoreFromTrash({id}));
        QVERIFY(QFile::exists(studio_->imagePath(QStringLiteral("a.png"))));
    }

    void theEmptiedTrashGoesToTheDesktopAndItsRatingsStay() {
        const ItemId gone = studio_->add(QStringLiteral("a.png"), tests::requestFor("gone"), smallPicture());
        const ItemId kept = studio_->add(QStringLiteral("b.png"), tests::requestFor("kept"), smallPicture());
        QVERIFY_OK(library().setRating(gone, 1));
        QVERIFY_OK(library().moveToTrash({gone}));
        const auto emptied = library().emptyTrash();
        QVERIFY_OK(emptied);
        QCOMPARE(*emptied, 1);
        QCOMPARE(library().trashCount(), 0);
        QVERIFY(trashFiles().isEmpty());
        const QDir desktop(qEnvironmentVariable("XDG_DATA_HOME") + QStringLiteral("/Trash/files"));
        QCOMPARE(desktop.entryList({QStringLiteral("*a.png")}, QDir::Files).size(), 1);
        studio_->reopen();
        QCOMPARE(library().items().size(), std::size_t{1});
        QCOMPARE(library().items().front().id, kept);
        QVERIFY(!library().restoreFromTrash({gone}) || library().find(gone) == nullptr);
        const auto history = library().ratingHistory();
        QVERIFY_OK(history);
        QCOMPARE(history->size(), std::size_t{1});
        QCOMPARE(history->front().request.prompt, std::string("gone"));
        // A number is never given twice: what was learned from a picture stays about that picture.
        const ItemId next = studio_->add(QStringLiteral("c.png"), tests::requestFor("next"), smallPicture());
        QVERIFY(next.value > kept.value);
    }

    void aPictureWithoutARowIsAddedAtTheNextStart() {
        const auto request = tests::requestFor("orphan", 12);
        QVERIFY_OK(app::writeImage(studio_->imagePath(QStringLiteral("orphan.png")), picture(12), request, {}));
        makeOlder(studio_->imagePath(QStringLiteral("orphan.png")));
        const ItemId newer = studio_->add(QStringLiteral("newer.png"), tests::requestFor("newer"), smallPicture());
        studio_->reopen();
        QSignalSpy added(&library(), &Library::itemAdded);
        QSignalSpy recovered(&library(), &Library::recovered);
        QTRY_COMPARE(recovered.size(), 1);
        QCOMPARE(added.size(), 1);
        QCOMPARE(library().items().size(), std::size_t{2});
        QCOMPARE(library().items().front().id, newer);  // it has the time of its file
        const auto& orphan = library().items().back();
        QCOMPARE(orphan.path, studio_->imagePath(QStringLiteral("orphan.png")));
        QCOMPARE(orphan.size, QSize(16, 16));
        QVERIFY(orphan.has_alpha);
        QVERIFY(*library().request(orphan.id) == request);
    }

    void filesThatAreNotWholePicturesOfOursAreLeftAlone() {
        const QString foreign = studio_->imagePath(QStringLiteral("foreign.png"));
        const QString half = studio_->imagePath(QStringLiteral("half.png"));
        const QString notes = studio_->imagePath(QStringLiteral("notes.txt"));
        QVERIFY(app::toImage(picture(3)).save(foreign));
        QVERIFY_OK(app::writeImage(half, tests::fakePixels(64, 64, 4, 3), tests::requestFor("half"), {}));
        QFile(half).resize(QFileInfo(half).size() * 2 / 3);
        QFile text(notes);
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.close();
        for (const QString& path : {foreign, half, notes}) makeOlder(path);
        studio_->reopen();
        QSignalSpy recovered(&library(), &Library::recovered);
        QTRY_COMPARE(recovered.size(), 1);
        QVERIFY(library().items().empty());
        for (const QString& path : {foreign, half, notes}) QVERIFY(QFile::exists(path));
    }

    void leftoversOfADeadWriterAreRemoved() {
        QFile leftover(studio_->imagePath(QStringLiteral(".fuselight-999999999-1.part")));
        QVERIFY(leftover.open(QIODevice::WriteOnly));
        studio_->reopen();
        QSignalSpy recovered(&library(), &Library::recovered);
        QTRY_COMPARE(recovered.size(), 1);
        QVERIFY(!leftover.exists());
    }

    void aTrashMoveThatACrashCutIsFinished() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"), smallPicture());
        QVERIFY(QDir().mkpath(studio_->paths.trash_dir));
        // The row is written and the file not yet moved.
        QVERIFY_OK(studio_->database->execute(QStringLiteral("UPDATE items SET trashed_at = 1 WHERE id = ?"), {id.value}));
        studio_->reopen();
        QSignalSpy recovered(&library(), &Library::recovered);
        QTRY_COMPARE(recovered.size(), 1);
        QVERIFY(library().items().empty());
        QVERIFY(!QFile::exists(studio_->imagePath(QStringLiteral("a.png"))));
        QCOMPARE(trashFiles().size(), 1);
        QVERIFY_OK(library().restoreFromTrash({id}));
        QVERIFY(*app::readImage(library().find(id)->path) == smallPicture());
    }

    void aRestoreThatACrashCutGoesBackToTheTrash() {
        const ItemId id = studio_->add(QStringLiteral("a.png"), tests::requestFor("p"), smallPicture());
        QVERIFY_OK(library().moveToTrash({id}));
        // The file is back and the row not yet written.
        QVERIFY(QFile::rename(studio_->paths.trash_dir + QLatin1Char('/') + trashFiles().constFirst(), studio_->imagePath(QStringLiteral("a.png"))));
        studio_->reopen();
        QSignalSpy recovered(&library(), &Library::recovered);
        QTRY_COMPARE(recovered.size(), 1);
        QVERIFY(library().items().empty());
        QCOMPARE(library().trashCount(), 1);
        QVERIFY_OK(library().restoreFromTrash({id}));
        QVERIFY(*app::readImage(library().find(id)->path) == smallPicture());
    }

    void tenThousandPicturesLoad() {
        constexpr int count = 10000;
        const QString request = QString::fromStdString(inference::to_json(tests::requestFor(std::string(200, 'p'))));
        QVERIFY_OK(studio_->database->transaction([&]() -> inference::Result<void> {
            for (int i = 0; i < count; ++i) {
                auto item = studio_->database->execute(QStringLiteral("INSERT INTO items (file, prompt, width, height, has_alpha, created_at) "
                                                                      "VALUES (?, ?, 128, 128, 1, ?)"),
                                                       {QStringLiteral("%1.png").arg(i), QString(200, QLatin1Char('p')), i / 2});
                if (!item) return tl::unexpected<inference::Error>(item.error());
                auto row = studio_->database->execute(QStringLiteral("INSERT INTO item_requests (item_id, request) VALUES (?, ?)"),
                                                      {item->lastInsertId(), request});
                if (!row) return tl::unexpected<inference::Error>(row.error());
            }
            return {};
        }));
        QElapsedTimer timer;
        timer.start();
        studio_->reopen();
        qInfo("opening and loading %d pictures took %lld ms", count, static_cast<long long>(timer.elapsed()));
        QCOMPARE(library().items().size(), std::size_t{count});
        timer.restart();
        int index = 0;
        for (const auto& item : library().items()) {
            QCOMPARE(item.path, studio_->imagePath(QStringLiteral("%1.png").arg(count - 1 - index)));
            QCOMPARE(library().indexOf(item.id), index++);
        }
        qInfo("finding each of them took %lld ms", static_cast<long long>(timer.elapsed()));
    }

private:
    Library& library() { return *studio_->library; }
    static inference::PixelBuffer picture(std::uint64_t seed) { return tests::fakePixels(16, 16, 4, seed); }
    static inference::PixelBuffer smallPicture() { return picture(7); }
    QStringList trashFiles() const { return QDir(studio_->paths.trash_dir).entryList(QDir::Files); }
    /// As a file system that became read-only.
    void refuseWrites(bool refuse) { QVERIFY_OK(studio_->database->execute(QStringLiteral("PRAGMA query_only = %1").arg(refuse ? 1 : 0))); }

    std::unique_ptr<tests::TemporaryLibrary> studio_;
};

APP_TEST(library, LibraryTest)
#include "library_test.moc"
