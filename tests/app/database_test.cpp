// SPDX-License-Identifier: Apache-2.0
#include "app/library/checkpointer.h"
#include "app/library/database.h"
#include "app/library/migrations.h"
#include "tests/app/app_test.h"
#include "tests/support/read_only_folder.h"

#include <QSqlError>
#include <QTemporaryDir>
#include <QUuid>

using app::Database;
using inference::ErrorCode;

namespace {

QByteArray contentsOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void overwrite(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write %s", qPrintable(path));
}

/// A connection as another program would have: it knows nothing of ours.
class Stranger {
public:
    explicit Stranger(const QString& file) : name_(QUuid::createUuid().toString()) {
        connection_ = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name_);
        connection_.setDatabaseName(file);
        if (!connection_.open()) qFatal("%s", qPrintable(connection_.lastError().text()));
    }
    ~Stranger() {
        connection_.close();
        connection_ = {};
        QSqlDatabase::removeDatabase(name_);
    }
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;

    QVariant run(const QString& sql) {
        QSqlQuery query(connection_);
        if (!query.exec(sql)) qFatal("%s: %s", qPrintable(sql), qPrintable(query.lastError().text()));
        return query.next() ? query.value(0) : QVariant();
    }

private:
    QString name_;
    QSqlDatabase connection_;
};

QVariant first(Database& database, const QString& sql, const QVariantList& values = {}) {
    auto rows = database.execute(sql, values);
    if (!rows || !rows->next()) return {};
    return rows->value(0);
}

const QString insert_item = QStringLiteral("INSERT INTO items (file, prompt, width, height, has_alpha, created_at) "
                                           "VALUES ('%1.png', '%2', 16, 16, 1, 1)");

/// As an earlier program left it: the schema of `version` and, once there is a table for it, a picture.
void makeVersion(const QString& file, int version) {
    Stranger earlier(file);
    earlier.run(QStringLiteral("PRAGMA journal_mode = WAL"));
    for (int applied = 1; applied <= version; ++applied) {
        for (const QString& statement : app::schemaStatements(applied)) earlier.run(statement);
    }
    earlier.run(QStringLiteral("PRAGMA user_version = %1").arg(version));
    if (version == 0) earlier.run(QStringLiteral("CREATE TABLE notes (text)"));  // not an empty file
    if (version >= 1) earlier.run(insert_item.arg(QStringLiteral("old"), QStringLiteral("old prompt")));
}

/// So many pages that damage in the middle is met by no header.
void fill(const QString& file) {
    makeVersion(file, app::latestSchemaVersion());
    Stranger writer(file);
    writer.run(QStringLiteral("BEGIN"));
    for (int i = 0; i < 400; ++i) writer.run(insert_item.arg(i).arg(QString(400, QLatin1Char('p'))));
    writer.run(QStringLiteral("COMMIT"));
}

void damageTheMiddle(const QString& file) {
    QByteArray bytes = contentsOf(file);
    const qsizetype middle = bytes.size() / 2;
    bytes.replace(middle, 16384, QByteArray(16384, '\xee'));
    overwrite(file, bytes);
}

}  // namespace

class DatabaseTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        file_ = folder_->filePath(QStringLiteral("library.sqlite"));
    }

    void aNewFileGetsTheNewestSchema() {
        auto opened = Database::open(file_);
        QVERIFY_OK(opened);
        Database& database = **opened;
        QCOMPARE(first(database, QStringLiteral("PRAGMA user_version")).toInt(), app::latestSchemaVersion());
        QCOMPARE(first(database, QStringLiteral("PRAGMA journal_mode")).toString(), QStringLiteral("wal"));
        QCOMPARE(first(database, QStringLiteral("PRAGMA foreign_keys")).toInt(), 1);
        QCOMPARE(first(database, QStringLiteral("PRAGMA integrity_check")).toString(), QStringLiteral("ok"));
        QCOMPARE(database.file(), file_);
        for (const char* table : {"items", "item_requests", "ratings", "jobs"}) {
            QCOMPARE(first(database, QStringLiteral("SELECT count(*) FROM ") + QLatin1String(table)), QVariant(0));
        }
    }

    void everyEarlierVersionIsBroughtUpToDate_data() {
        QTest::addColumn<int>("version");
        for (int version = 0; version <= app::latestSchemaVersion(); ++version) QTest::addRow("version %d", version) << version;
    }
    void everyEarlierVersionIsBroughtUpToDate() {
        QFETCH(int, version);
        makeVersion(file_, version);
        auto opened = Database::open(file_, Database::Check::thorough);
        QVERIFY_OK(opened);
        Database& database = **opened;
        QCOMPARE(first(database, QStringLiteral("PRAGMA user_version")).toInt(), app::latestSchemaVersion());
        QCOMPARE(first(database, QStringLiteral("PRAGMA integrity_check")).toString(), QStringLiteral("ok"));
        const QVariant prompt = first(database, QStringLiteral("SELECT prompt FROM items WHERE file = 'old.png'"));
        QCOMPARE(prompt.toString(), version == 0 ? QString() : QStringLiteral("old prompt"));
        QVERIFY_OK(database.execute(insert_item.arg(QStringLiteral("new"), QStringLiteral("new prompt"))));
    }

    void aMigrationThatFailsLeavesTheFileAsItWas() {
        {
            // The first version makes `items` before it meets this table of the same name.
            Stranger other(file_);
            other.run(QStringLiteral("CREATE TABLE jobs (theirs)"));
            other.run(QStringLiteral("INSERT INTO jobs VALUES ('keep me')"));
        }
        const auto opened = Database::open(file_);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::io);
        Stranger after(file_);
        QCOMPARE(after.run(QStringLiteral("SELECT theirs FROM jobs")).toString(), QStringLiteral("keep me"));
        QCOMPARE(after.run(QStringLiteral("SELECT count(*) FROM sqlite_master WHERE name = 'items'")).toInt(), 0);
        QCOMPARE(after.run(QStringLiteral("PRAGMA user_version")).toInt(), 0);
    }

    void aNewerDatabaseIsRefusedAndNotTouched() {
        makeVersion(file_, app::latestSchemaVersion());
        Stranger(file_).run(QStringLiteral("PRAGMA user_version = %1").arg(app::latestSchemaVersion() + 1));
        const QByteArray before = contentsOf(file_);
        for (const auto check : {Database::Check::none, Database::Check::thorough}) {
            const auto opened = Database::open(file_, check);
            QVERIFY(!opened);
            QCOMPARE(opened.error().code, ErrorCode::corrupt_file);
            QVERIFY2(opened.error().detail.find("newer version") != std::string::npos, opened.error().detail.c_str());
            QVERIFY(opened.error().detail.find(file_.toStdString()) != std::string::npos);
        }
        QCOMPARE(contentsOf(file_), before);
    }

    void aDamagedDatabaseIsRefusedAndNotTouched() {
        fill(file_);
        damageTheMiddle(file_);
        const QByteArray before = contentsOf(file_);
        const auto opened = Database::open(file_, Database::Check::thorough);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::corrupt_file);
        QVERIFY2(opened.error().detail.find("move it away") != std::string::npos, opened.error().detail.c_str());
        QCOMPARE(contentsOf(file_), before);
    }

    void aLogThatWasLeftBehindIsReadAndMakesTheCheckThorough() {
        fill(file_);
        const QString copy = folder_->filePath(QStringLiteral("copy.sqlite"));
        const QString broken = folder_->filePath(QStringLiteral("broken.sqlite"));
        {
            // Copied while it is open: what a killed program leaves.
            Stranger running(file_);
            running.run(QStringLiteral("PRAGMA wal_autocheckpoint = 0"));
            running.run(insert_item.arg(QStringLiteral("last"), QStringLiteral("only in the log")));
            for (const QString& target : {copy, broken}) {
                QVERIFY(QFile::copy(file_, target));
                QVERIFY(QFile::copy(file_ + QStringLiteral("-wal"), target + QStringLiteral("-wal")));
            }
        }
        auto whole = Database::open(copy);
        QVERIFY_OK(whole);
        QCOMPARE(first(**whole, QStringLiteral("SELECT prompt FROM items WHERE file = 'last.png'")).toString(), QStringLiteral("only in the log"));

        damageTheMiddle(broken);
        const QByteArray before = contentsOf(broken);
        const auto refused = Database::open(broken, Database::Check::none);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::corrupt_file);
        QCOMPARE(contentsOf(broken), before);
    }

    void aFileThatIsNoDatabaseIsRefusedAndNotTouched_data() {
        QTest::addColumn<QByteArray>("bytes");
        const QTemporaryDir folder;
        const QString example = folder.filePath(QStringLiteral("example.sqlite"));
        fill(example);
        const QByteArray whole = contentsOf(example);
        QTest::addRow("a word") << QByteArray("strawberries");
        QTest::addRow("a text") << QByteArray("strawberries\n").repeated(2000);
        QTest::addRow("a picture") << (QByteArray::fromHex("89504e470d0a1a0a") + QByteArray(8192, '\0'));
        QTest::addRow("half a database") << whole.left(whole.size() / 2);
        QTest::addRow("a database's first bytes") << whole.left(60);
    }
    void aFileThatIsNoDatabaseIsRefusedAndNotTouched() {
        QFETCH(QByteArray, bytes);
        overwrite(file_, bytes);
        const auto opened = Database::open(file_);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::corrupt_file);
        QVERIFY2(opened.error().detail.find("its pictures are not touched") != std::string::npos, opened.error().detail.c_str());
        QCOMPARE(contentsOf(file_), bytes);
    }

    void aFolderThatCannotBeWrittenToIsNamed() {
        const QString existing = folder_->filePath(QStringLiteral("existing.sqlite"));
        makeVersion(existing, app::latestSchemaVersion());
        const tests::ReadOnlyFolder read_only(folder_->path());
        if (!read_only.holds()) QSKIP("this file system lets everybody write");
        for (const QString& file : {file_, existing}) {
            const auto opened = Database::open(file);
            QVERIFY(!opened);
            QCOMPARE(opened.error().code, ErrorCode::io);
            QVERIFY2(opened.error().detail.find("folder") != std::string::npos, opened.error().detail.c_str());
            QVERIFY(opened.error().detail.find(file.toStdString()) != std::string::npos);
        }
        QVERIFY(!QFile::exists(file_));
    }

    void aMissingFolderIsNamed() {
        const auto opened = Database::open(folder_->filePath(QStringLiteral("no/such/folder/library.sqlite")));
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::io);
        QVERIFY(opened.error().detail.find("its folder exists") != std::string::npos);
    }

    void aLockOfAnotherProgramIsNamedAndPasses() {
        auto opened = Database::open(file_);
        QVERIFY_OK(opened);
        Database& database = **opened;
        {
            Stranger other(file_);
            other.run(QStringLiteral("PRAGMA busy_timeout = 5000"));  // a checkpoint may be under way
            other.run(QStringLiteral("BEGIN IMMEDIATE"));
            bool ran = false;
            const auto refused = database.transaction([&]() -> inference::Result<void> {
                ran = true;
                return {};
            });
            QVERIFY(!refused);
            QVERIFY(!ran);
            QCOMPARE(refused.error().code, ErrorCode::io);
            QVERIFY2(refused.error().detail.find("locked by another program") != std::string::npos, refused.error().detail.c_str());
            other.run(QStringLiteral("ROLLBACK"));
        }
        QVERIFY_OK(database.execute(insert_item.arg(QStringLiteral("a"), QStringLiteral("p"))));
    }

    void aTransactionThatFailsLeavesNothingBehind_data() {
        QTest::addColumn<bool>("by_statement");
        QTest::addRow("the body says no") << false;
        QTest::addRow("a statement fails") << true;
    }
    void aTransactionThatFailsLeavesNothingBehind() {
        QFETCH(bool, by_statement);
        auto opened = Database::open(file_);
        QVERIFY_OK(opened);
        Database& database = **opened;
        const auto outcome = database.transaction([&]() -> inference::Result<void> {
            auto row = database.execute(insert_item.arg(QStringLiteral("a"), QStringLiteral("p")));
            if (!row) return tl::unexpected<inference::Error>(row.error());
            if (!by_statement) return inference::failure(ErrorCode::invalid_request, "no");
            auto again = database.execute(insert_item.arg(QStringLiteral("a"), QStringLiteral("same name")));
            if (!again) return tl::unexpected<inference::Error>(again.error());
            return {};
        });
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, by_statement ? ErrorCode::io : ErrorCode::invalid_request);
        QCOMPARE(first(database, QStringLiteral("SELECT count(*) FROM items")).toInt(), 0);
        // And the next one is not inside the last.
        QVERIFY_OK(database.transaction([&]() -> inference::Result<void> {
            auto row = database.execute(insert_item.arg(QStringLiteral("a"), QStringLiteral("p")));
            if (!row) return tl::unexpected<inference::Error>(row.error());
            return {};
        }));
        QCOMPARE(first(database, QStringLiteral("SELECT count(*) FROM items")).toInt(), 1);
    }

    void aFullDiskRollsBackAndTheNextWriteWorks() {
        auto opened = Database::open(file_);
        QVERIFY_OK(opened);
        Database& database = **opened;
        // As many pages as there are and no more; SQLite answers as on a full disk.
        QVERIFY_OK(database.execute(QStringLiteral("PRAGMA max_page_count = 1")));
        const auto outcome = database.transaction([&]() -> inference::Result<void> {
            for (int i = 0; i < 200; ++i) {
                auto row = database.execute(insert_item.arg(i).arg(QString(4000, QLatin1Char('p'))));
                if (!row) return tl::unexpected<inference::Error>(row.error());
            }
            return {};
        });
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::io);
        QVERIFY2(outcome.error().detail.find("the disk is full") != std::string::npos, outcome.error().detail.c_str());
        QVERIFY_OK(database.execute(QStringLiteral("PRAGMA max_page_count = 100000")));
        QCOMPARE(first(database, QStringLiteral("SELECT count(*) FROM items")).toInt(), 0);
        QVERIFY_OK(database.execute(insert_item.arg(QStringLiteral("a"), QStringLiteral("p"))));
        QCOMPARE(first(database, QStringLiteral("PRAGMA integrity_check")).toString(), QStringLiteral("ok"));
    }

    void whatWasWrittenIsThereAfterReopening() {
        {
            auto opened = Database::open(file_);
            QVERIFY_OK(opened);
            const QString sql = QStringLiteral("INSERT INTO items (file, prompt, width, height, has_alpha, created_at) "
                                               "VALUES (?, ?, 16, 16, 1, ?)");
            QVERIFY_OK((*opened)->execute(sql, {QStringLiteral("a.png"), QStringLiteral("딸기 🍓 'quoted'; --"), 5}));
        }
        QVERIFY2(!QFile::exists(file_ + QStringLiteral("-wal")), "a clean end leaves one file");
        auto opened = Database::open(file_, Database::Check::thorough);
        QVERIFY_OK(opened);
        QCOMPARE(first(**opened, QStringLiteral("SELECT prompt FROM items WHERE file = ?"), {QStringLiteral("a.png")}).toString(),
                 QStringLiteral("딸기 🍓 'quoted'; --"));
    }

    void anEmptyFileIsAnEmptyLibrary() {
        overwrite(file_, {});
        QVERIFY_OK(Database::open(file_, Database::Check::thorough));
    }

    void theCheckpointerEmptiesTheLogOnAThreadOfItsOwn() {
        makeVersion(file_, app::latestSchemaVersion());
        Stranger writer(file_);
        writer.run(QStringLiteral("PRAGMA wal_autocheckpoint = 0"));
        writer.run(QStringLiteral("BEGIN"));
        for (int i = 0; i < 400; ++i) writer.run(insert_item.arg(i).arg(QString(4000, QLatin1Char('p'))));
        writer.run(QStringLiteral("COMMIT"));
        const QFileInfo log(file_ + QStringLiteral("-wal"));
        QVERIFY(log.size() > 1024 * 1024);
        app::Checkpointer checkpointer(file_);
        QSignalSpy finished(&checkpointer, &app::Checkpointer::finished);
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY2(QFileInfo(log.filePath()).size() < 64 * 1024, "the log was not emptied");
        QVERIFY(writer.run(QStringLiteral("SELECT checkpointed_at FROM maintenance")).toLongLong() > 0);
        // A stream of writes never falls quiet; the log is emptied all the same.
        for (int i = 0; i < app::Checkpointer::max_writes; ++i) checkpointer.noteWrite();
        QTRY_COMPARE(finished.size(), 2);
    }

private:
    std::unique_ptr<QTemporaryDir> folder_;
    QString file_;
};

APP_TEST(database, DatabaseTest)
#include "database_test.moc"
