// SPDX-License-Identifier: Apache-2.0
#include "app/jobs/job_queue.h"
#include "app/session/crash_sentinel.h"
#include "tests/app/app_test.h"
#include "tests/app/survival_child.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_library.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

using app::ItemId;
using app::JobId;
using app::JobState;

namespace {

/// What a window had shown when the program was killed.
struct Shown {
    struct Rating {
        qint64 item = 0;
        int stars = 0;
        bool operator==(const Rating&) const = default;
    };
    std::map<qint64, QString> images;  ///< file by item, of all runs
    std::vector<Rating> ratings;       ///< of all runs, oldest first
    std::set<qint64> unfinished_jobs;  ///< queued and not over
    QList<QByteArray> not_understood;  ///< also what went wrong in the child

    void read(const QByteArray& line) {
        const QList<QByteArray> words = line.split(' ');
        if (words[0] == "image" && words.size() == 3) {
            images[words[1].toLongLong()] = QString::fromUtf8(words[2]);
        } else if (words[0] == "rating" && words.size() == 3) {
            ratings.push_back({words[1].toLongLong(), words[2].toInt()});
        } else if (words[0] == "waiting" && words.size() == 2) {
            unfinished_jobs.insert(words[1].toLongLong());
        } else if (words[0] == "over" && words.size() == 2) {
            unfinished_jobs.erase(words[1].toLongLong());
        } else {
            not_understood.append(line);
        }
    }
};

}  // namespace

class SurvivalTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingThatAWindowHadShownIsLostByAKill() {
        const int kills = std::max(1, qEnvironmentVariableIntValue("FUSELIGHT_TEST_KILLS"));
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("%d kills, moments from seed %u", kills, seed);
        QRandomGenerator moments(seed);
        for (int kill = 1; kill <= kills; ++kill) {
            // Now and then in the middle of a start.
            const bool while_starting = kill % 5 == 0;
            runAndKill(while_starting, moments.bounded(while_starting ? 250 : 400));
            if (QTest::currentTestFailed()) return;
            check(while_starting);
            if (QTest::currentTestFailed()) {
                qWarning("after kill %d of %d", kill, kills);
                return;
            }
        }
        qInfo("%zu pictures and %zu ratings survived; %d kills met a job under way, %d a file under way, %d a row not "
              "yet shown",
              shown_.images.size(), shown_.ratings.size(), met_job_, met_file_, met_row_);
        QVERIFY2(met_job_ > 0, "no kill met a job under way");
        QVERIFY(shown_.images.size() > static_cast<std::size_t>(kills));
        QVERIFY(shown_.ratings.size() > static_cast<std::size_t>(kills));
    }

private:
    void runAndKill(bool while_starting, int delay_ms) {
        QProcess child;
        child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.start(QCoreApplication::applicationFilePath(), {QLatin1String(tests::survival_child), folder_.path()});
        QVERIFY2(child.waitForStarted(), qPrintable(child.errorString()));
        if (!while_starting) QTRY_VERIFY_WITH_TIMEOUT(child.canReadLine() || child.state() == QProcess::NotRunning, 30000);
        QSignalSpy ended(&child, &QProcess::finished);
        QTimer::singleShot(delay_ms, &child, &QProcess::kill);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30000);
        QVERIFY2(child.exitStatus() == QProcess::CrashExit, "it ended by itself");
        while (child.canReadLine()) shown_.read(child.readLine().chopped(1));
        // A last line that was cut says nothing: its write did not return, so the window did not go on either.
        QVERIFY2(shown_.not_understood.isEmpty(), shown_.not_understood.value(0).constData());
    }

    void check(bool while_starting) {
        const auto paths = app::ProfilePaths::inside(folder_.path());
        QVERIFY(while_starting || app::CrashSentinel(paths.state_dir).lastRunCrashed());
        if (!QFile::exists(paths.databaseFile())) return;  // killed before there was anything
        met_file_ += QDir(paths.images_dir).entryList({QStringLiteral(".*.part")}, QDir::Files | QDir::Hidden).isEmpty() ? 0 : 1;
        auto opened = app::Database::open(paths.databaseFile(), app::Database::Check::thorough);
        QVERIFY_OK(opened);
        app::Database& database = **opened;
        auto verdict = database.execute(QStringLiteral("PRAGMA integrity_check"));
        QVERIFY(verdict && verdict->next());
        QCOMPARE(verdict->value(0).toString(), QStringLiteral("ok"));
        verdict->finish();
        app::Library library(database, paths);
        QSignalSpy recovered(&library, &app::Library::recovered);
        QVERIFY_OK(library.load());
        checkJobs(database);
        checkRatings(library);
        QTRY_COMPARE(recovered.size(), 1);
        checkImages(library, paths);
    }

    void checkJobs(app::Database& database) {
        app::JobQueue queue(database);
        QVERIFY_OK(queue.restore());
        QVERIFY(queue.running() == nullptr);
        std::set<qint64> waiting;
        qint64 before = 0;
        for (const app::Job& job : queue.jobs()) {
            QVERIFY(job.state == JobState::waiting || job.state == JobState::done);
            if (job.state != JobState::waiting) continue;
            QVERIFY2(job.id.value > before, "not in the order in which they were queued");
            before = job.id.value;
            waiting.insert(job.id.value);
            if (job.images_done > 0) ++met_job_;
            QVERIFY(job.images_done <= job.request.num_images);
        }
        std::set<qint64> ended;
        for (const qint64 id : shown_.unfinished_jobs) {
            if (waiting.contains(id)) continue;
            QVERIFY2(queue.find(JobId{id}) != nullptr, "a waiting job is gone");
            ended.insert(id);
        }
        // The kill may fall between a row and its signal; there is only one such moment.
        QVERIFY2(ended.size() <= 1, "jobs ended that no window saw ending");
        QVERIFY(waiting.size() <= shown_.unfinished_jobs.size() + 1);
        shown_.unfinished_jobs = waiting;
    }

    void checkRatings(const app::Library& library) {
        const auto history = library.ratingHistory();
        QVERIFY_OK(history);
        std::vector<Shown::Rating> stored;
        std::map<qint64, int> newest;
        for (const auto& record : *history) {
            stored.push_back({record.item.value, record.stars});
            newest[record.item.value] = record.stars;
        }
        QVERIFY2(stored.size() >= shown_.ratings.size(), "a rating is gone");
        QVERIFY2(std::equal(shown_.ratings.begin(), shown_.ratings.end(), stored.begin()), "a rating is another one");
        QVERIFY2(stored.size() <= shown_.ratings.size() + 1, "ratings that nobody gave");
        met_row_ += stored.size() > shown_.ratings.size() ? 1 : 0;
        for (const auto& [item, stars] : newest) {
            QVERIFY(library.find(ItemId{item}) != nullptr);
            QCOMPARE(library.find(ItemId{item})->rating, stars);
        }
        shown_.ratings = std::move(stored);
    }

    void checkImages(app::Library& library, const app::ProfilePaths& paths) {
        for (const auto& [id, file] : shown_.images) {
            const auto* item = library.find(ItemId{id});
            QVERIFY2(item != nullptr, qPrintable(QStringLiteral("the picture %1 is gone").arg(file)));
            QCOMPARE(QFileInfo(item->path).fileName(), file);
        }
        for (const auto& item : library.items()) {
            if (!whole_.insert(item.path).second) continue;  // looked at after an earlier kill
            const auto request = library.request(item.id);
            QVERIFY_OK(request);
            QCOMPARE(request->model_id, std::string("fake-model"));
            const auto pixels = app::readImage(item.path);
            QVERIFY_OK(pixels);
            QVERIFY2(*pixels == tests::fakePixels(48, 48, 4, request->seed), qPrintable(item.path));
            shown_.images[item.id.value] = QFileInfo(item.path).fileName();
        }
        const QStringList files = QDir(paths.images_dir).entryList(QDir::Files | QDir::Hidden);
        for (const QString& file : files) {
            QVERIFY2(library.findFile(paths.images_dir + QLatin1Char('/') + file) != nullptr,
                     qPrintable(file + QStringLiteral(" is in the folder and not in the gallery")));
        }
        QCOMPARE(static_cast<std::size_t>(files.size()), library.items().size());
    }

    QTemporaryDir folder_;
    Shown shown_;
    std::set<QString> whole_;  ///< files whose pixels were compared
    int met_job_ = 0;
    int met_file_ = 0;
    int met_row_ = 0;
};

APP_TEST(survival, SurvivalTest)
#include "survival_test.moc"
