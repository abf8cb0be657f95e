// SPDX-License-Identifier: Apache-2.0
#include "app/session/crash_sentinel.h"
#include "app/session/latency_probe.h"
#include "app/session/single_instance.h"
#include "tests/app/app_test.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QTemporaryDir>

#include <unistd.h>

#include <future>

using app::CrashSentinel;
using app::LatencyProbe;
using app::SingleInstance;

class SessionTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        profile_ = folder_->path();
    }

    void aRunThatDidNotEndIsNoticedOnce() {
        {
            const CrashSentinel first(state());
            QVERIFY2(!first.lastRunCrashed(), "nothing ever ran");
            // What a second program sees while the first one runs is what a crash leaves.
            const CrashSentinel after_a_crash(state());
            QVERIFY(after_a_crash.lastRunCrashed());
        }
        QVERIFY(!CrashSentinel(state()).lastRunCrashed());
    }

    void aStateFolderThatCannotBeMadeDoesNotStopTheStart() {
        QFile obstacle(folder_->filePath(QStringLiteral("state")));
        QVERIFY(obstacle.open(QIODevice::WriteOnly));
        const CrashSentinel sentinel(folder_->filePath(QStringLiteral("state/below")));
        QVERIFY(!sentinel.lastRunCrashed());
    }

    void theFirstStartIsTheFirst() {
        SingleInstance first(profile_);
        QSignalSpy received(&first, &SingleInstance::messageReceived);
        QVERIFY(first.claim({QStringLiteral("mine")}));
        QCoreApplication::processEvents();
        QCOMPARE(received.size(), 0);
    }

    void aSecondStartHandsOverItsWordsAndEnds_data() {
        QTest::addColumn<QStringList>("words");
        QTest::addRow("a prompt") << QStringList{QStringLiteral("draw"), QStringLiteral("딸기 세 개 🍓\n\"on\" yellow")};
        QTest::addRow("nothing but to come to the front") << QStringList{};
        QTest::addRow("empty words") << QStringList{QString(), QString()};
        QTest::addRow("a very long prompt") << QStringList{QStringLiteral("draw"), QString(300000, QChar(0xAC00))};
        QTest::addRow("many files") << QStringList(5000, QStringLiteral("/home/someone/a picture.png"));
    }
    void aSecondStartHandsOverItsWordsAndEnds() {
        QFETCH(QStringList, words);
        SingleInstance first(profile_);
        QList<QStringList> received;
        connect(&first, &SingleInstance::messageReceived, this, [&](const QStringList& message) { received.append(message); });
        QVERIFY(first.claim({}));
        auto second = startElsewhere(words);
        verifyThatItEnds(second);
        QTRY_COMPARE(received.size(), 1);
        QVERIFY(received.front() == words);
    }

    void manyStartsAtOnceAreAllHeard() {
        SingleInstance first(profile_);
        QStringList received;
        connect(&first, &SingleInstance::messageReceived, this, [&](const QStringList& message) { received.append(message.value(0)); });
        QVERIFY(first.claim({}));
        std::vector<std::future<bool>> others;
        for (int i = 0; i < 8; ++i) others.push_back(startElsewhere({QString::number(i)}));
        QTRY_COMPARE(received.size(), 8);
        for (auto& other : others) verifyThatItEnds(other);
        received.sort();
        QCOMPARE(received.join(QString()), QStringLiteral("01234567"));
    }

    void twoProfilesKnowNothingOfEachOther() {
        SingleInstance first(profile_);
        SingleInstance other(profile_ + QStringLiteral("-other"));
        QVERIFY(first.claim({}));
        QVERIFY(other.claim({}));
    }

    void whenTheFirstHasEndedTheNextIsTheFirst() {
        auto first = std::make_unique<SingleInstance>(profile_);
        QVERIFY(first->claim({}));
        first.reset();
        SingleInstance next(profile_);
        QVERIFY(next.claim({}));
    }

    void theLockOfAKilledProgramIsTakenOver() {
        auto first = std::make_unique<SingleInstance>(profile_);
        const QStringList before = locks();
        QVERIFY(first->claim({}));
        QStringList made = locks();
        for (const QString& old : before) made.removeAll(old);
        QCOMPARE(made.size(), 1);
        QFile lock(made.constFirst());
        QVERIFY(lock.open(QIODevice::ReadOnly));
        QByteArrayList lines = lock.readAll().split('\n');
        lock.close();
        first.reset();
        // The same lock, held by a process that no longer is; its socket is still there too.
        lines[0] = "999999999";
        QVERIFY(lock.open(QIODevice::WriteOnly));
        QVERIFY(lock.write(lines.join('\n')) > 0);
        lock.close();
        QFile socket(QString(made.constFirst()).replace(QStringLiteral(".lock"), QStringLiteral(".socket")));
        QVERIFY(socket.open(QIODevice::WriteOnly));
        socket.close();

        SingleInstance next(profile_);
        QSignalSpy received(&next, &SingleInstance::messageReceived);
        QVERIFY(next.claim({}));
        auto second = startElsewhere({QStringLiteral("heard")});
        QTRY_COMPARE(received.size(), 1);
        verifyThatItEnds(second);
    }

    void wordsThatNobodyUnderstandsAreIgnored_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addRow("nothing") << QByteArray();
        QTest::addRow("a text") << QByteArray("GET / HTTP/1.1\r\n\r\n");
        QTest::addRow("four thousand million words") << QByteArray::fromHex("fffffffe");
        QTest::addRow("half a message") << QByteArray::fromHex("0000000200000008");
        QTest::addRow("more than fits") << QByteArray(3 * 1024 * 1024, 'x');
        QTest::addRow("numbers in place of words") << QByteArray("[1,{},null]\n");
    }
    void wordsThatNobodyUnderstandsAreIgnored() {
        QFETCH(QByteArray, bytes);
        SingleInstance first(profile_);
        const QStringList before = locks();
        QList<QStringList> received;
        connect(&first, &SingleInstance::messageReceived, this, [&](const QStringList& message) { received.append(message); });
        QVERIFY(first.claim({}));
        QStringList made = locks();
        for (const QString& old : before) made.removeAll(old);
        QCOMPARE(made.size(), 1);
        QLocalSocket stranger;
        stranger.connectToServer(QString(made.constFirst()).replace(QStringLiteral(".lock"), QStringLiteral(".socket")));
        QTRY_COMPARE(stranger.state(), QLocalSocket::ConnectedState);
        stranger.write(bytes);
        QTRY_VERIFY(stranger.bytesToWrite() == 0 || stranger.state() == QLocalSocket::UnconnectedState);
        auto second = startElsewhere({QStringLiteral("heard")});
        QTRY_COMPARE(received.size(), 1);
        QCOMPARE(received.front(), QStringList{QStringLiteral("heard")});
        verifyThatItEnds(second);
    }

    void aStallOfTheEventLoopIsMeasured() {
        const QString file = folder_->filePath(QStringLiteral("latency.json"));
        bool busy = false;
        {
            LatencyProbe probe(file);
            probe.countWhile([&] { return busy; });
            stall(200);
            QCoreApplication::processEvents();
            busy = true;
            stall(100);
            QCoreApplication::processEvents();
            busy = false;
        }
        const QJsonObject report = read(file);
        const QJsonObject all = report.value(QStringLiteral("all")).toObject();
        const QJsonObject busy_part = report.value(QStringLiteral("busy")).toObject();
        QVERIFY2(all.value(QStringLiteral("max_ms")).toDouble() >= 100, QJsonDocument(report).toJson().constData());
        QVERIFY(all.value(QStringLiteral("samples")).toInt() >= 80);
        QVERIFY(all.value(QStringLiteral("p50_ms")).toDouble() <= all.value(QStringLiteral("p99_ms")).toDouble());
        QVERIFY(all.value(QStringLiteral("p99_ms")).toDouble() <= all.value(QStringLiteral("max_ms")).toDouble());
        QVERIFY(busy_part.value(QStringLiteral("samples")).toInt() >= 20);
        QVERIFY(busy_part.value(QStringLiteral("samples")).toInt() < all.value(QStringLiteral("samples")).toInt());
        QVERIFY(busy_part.value(QStringLiteral("max_ms")).toDouble() >= 40);
        QVERIFY2(!report.value(QStringLiteral("first_paint_ms")).toDouble(), "nothing was painted");
    }

    void theFirstPaintIsMeasuredFromTheStartOfTheProcess() {
        const QString file = folder_->filePath(QStringLiteral("latency.json"));
        QElapsedTimer since;
        since.start();
        {
            LatencyProbe probe(file);
            QObject window;
            probe.watchFirstPaint(window);
            QEvent other(QEvent::Show);
            QCoreApplication::sendEvent(&window, &other);
            stall(50);
            QEvent paint(QEvent::Paint);
            QCoreApplication::sendEvent(&window, &paint);
            stall(200);
            QCoreApplication::sendEvent(&window, &paint);  // only the first counts
        }
        const double measured = read(file).value(QStringLiteral("first_paint_ms")).toDouble();
        QVERIFY(measured >= 40);
        const double age = ageOfThisProcessMs();
        QVERIFY2(measured <= age - 180, qPrintable(QStringLiteral("%1 of %2").arg(measured).arg(age)));
        QVERIFY(measured >= age - static_cast<double>(since.elapsed()));
    }

    void aReportThatCannotBeWrittenIsNoProblem() {
        { const LatencyProbe probe(folder_->filePath(QStringLiteral("no/such/folder/latency.json"))); }
        QVERIFY(!QFile::exists(folder_->filePath(QStringLiteral("no"))));
    }

private:
    QString state() const { return folder_->filePath(QStringLiteral("state")); }

    /// Another start of the program; it waits as a program does, without an event loop.
    std::future<bool> startElsewhere(const QStringList& words) const {
        return std::async(std::launch::async, [profile = profile_, words] {
            SingleInstance other(profile);
            return other.claim(words);
        });
    }
    static void verifyThatItEnds(std::future<bool>& start) {
        QTRY_VERIFY(start.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
        QVERIFY2(!start.get(), "two were the first");
    }
    static QStringList locks() {
        const QDir runtime(qEnvironmentVariable("XDG_RUNTIME_DIR"));
        QStringList paths;
        for (const QString& name : runtime.entryList({QStringLiteral("*.lock")}, QDir::Files)) paths.append(runtime.filePath(name));
        return paths;
    }
    /// The loop is kept from running: what is measured here.
    static void stall(int ms) {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < ms) {
        }
    }
    static QJsonObject read(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
    }
    static double ageOfThisProcessMs() {
        QFile stat(QStringLiteral("/proc/self/stat"));
        QFile uptime(QStringLiteral("/proc/uptime"));
        if (!stat.open(QIODevice::ReadOnly) || !uptime.open(QIODevice::ReadOnly)) return 0;
        const double ticks = stat.readAll().split(')').last().trimmed().split(' ').value(19).toDouble();
        return (uptime.readAll().split(' ').value(0).toDouble() - ticks / static_cast<double>(sysconf(_SC_CLK_TCK))) * 1e3;
    }

    std::unique_ptr<QTemporaryDir> folder_;
    QString profile_;
};

APP_TEST(session, SessionTest)
#include "session_test.moc"
