// SPDX-License-Identifier: Apache-2.0
// The list of models and switching among them.
#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/generation/generation_service.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/models/load_order.h"
#include "app/models/model_catalogue.h"
#include "app/models/model_switcher.h"
#include "app/models/stored_models.h"
#include "app/prompt/token_counter.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_models.h"
#include "tests/support/requests.h"

#include <QTemporaryDir>

using app::Application;
using app::JobId;
using app::JobState;
using app::LoadOrder;
using app::ModelCatalogue;
using app::ModelEntry;
using app::ModelId;
using inference::Error;
using inference::ErrorCode;

namespace {

const QString starter_folder = QStringLiteral("/fake/starter");
const QString dog_folder = QStringLiteral("/fake/dog");

inference::GenerationRequest anyModelDraws(const std::string& prompt) {
    inference::GenerationRequest request;
    request.prompt = prompt;
    return request;
}

}  // namespace

class ModelsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        models_ = std::make_unique<tests::FakeModels>();
        asked_.reset();
        starter_ = tests::FakeModels::model("Starter");
        dog_ = tests::FakeModels::model("Dog");
        dog_.script->model.native_sizes = dog_.description.native_sizes = {{24, 24}};
        models_->put(starter_folder, starter_);
        models_->put(dog_folder, dog_);
    }
    void cleanup() {
        starter_.script->open();
        dog_.script->open();
        models_->finishHashing();
        studio_.reset();
        QCOMPARE(starter_.script->engines.load(), 0);
        QCOMPARE(dog_.script->engines.load(), 0);
    }

    // The list

    void theStarterIsThereFromTheFirstStartAndStays() {
        open();
        QCOMPARE(catalogue().entries().size(), std::size_t{1});
        const ModelEntry starter = catalogue().starter();
        QVERIFY(starter.built_in);
        QCOMPARE(starter.location.pipeline, starter_folder);
        QTRY_COMPARE(switcher().current(), std::optional(starter.id));
        QCOMPARE(catalogue().starter().name, QStringLiteral("Starter"));
        QCOMPARE(catalogue().starter().identity, std::string("id of Starter"));
        QCOMPARE(catalogue().remove(starter.id).error().code, ErrorCode::invalid_request);
        QCOMPARE(catalogue().entries().size(), std::size_t{1});
    }

    void anAddedModelIsDescribedThenIdentifiedAndThereTomorrow() {
        dog_.hashing_waits = true;
        models_->put(dog_folder, dog_);
        open();
        const ModelId id = add(dog_folder);
        const ModelEntry* dog = catalogue().find(id);
        QCOMPARE(dog->name, QStringLiteral("Dog"));
        QCOMPARE(dog->description->parameters(), qint64{392'000'000});
        QVERIFY(dog->identity.empty());
        QTRY_COMPARE(catalogue().hashedFraction(id), std::optional(0.25));
        models_->finishHashing();
        QTRY_COMPARE(catalogue().find(id)->identity, std::string("id of Dog"));
        QVERIFY(!catalogue().hashedFraction(id));
        QVERIFY(catalogue().findByIdentity("id of Dog")->id == id);
        reopen();
        QCOMPARE(catalogue().entries().size(), std::size_t{2});
        auto described = dog_.description;
        described.path = dog_folder.toStdString();
        QVERIFY(catalogue().entries()[1].description == described);
        QCOMPARE(catalogue().entries()[1].identity, std::string("id of Dog"));
    }

    void aFolderMayBeNamedByItsIndexAndIsListedOnce() {
        open();
        const ModelId first = add(dog_folder);
        QVERIFY(add(dog_folder + QStringLiteral("/model_index.json")) == first);
        QVERIFY(add(dog_folder + QStringLiteral("/../dog/")) == first);
        QCOMPARE(catalogue().entries().size(), std::size_t{2});
    }

    void whatIsNoModelIsRefusedWithTheSentenceAndNotListed() {
        dog_.refusal = Error{ErrorCode::unsupported_model, "/fake/dog/model_index.json: _class_name is \"Other\""};
        models_->put(dog_folder, dog_);
        open();
        QList<Error> refusals;
        connect(&catalogue(), &ModelCatalogue::refused, this, [&](const QString& folder, const Error& error) {
            QCOMPARE(folder, dog_folder);
            refusals.append(error);
        });
        catalogue().add(dog_folder);
        QTRY_COMPARE(refusals, QList<Error>{*dog_.refusal});
        QCOMPARE(catalogue().entries().size(), std::size_t{1});
    }

    void aRemovedModelLeavesTheListButItsNameIsRemembered() {
        open();
        const ModelId id = add(dog_folder);
        QTRY_COMPARE(catalogue().find(id)->identity, std::string("id of Dog"));
        QVERIFY_OK(catalogue().remove(id));
        QVERIFY(catalogue().find(id) == nullptr);
        QVERIFY(catalogue().findByIdentity("id of Dog") == nullptr);
        reopen();
        QCOMPARE(catalogue().entries().size(), std::size_t{1});
        QCOMPARE(catalogue().nameOf("id of Dog"), QStringLiteral("Dog"));
        QCOMPARE(catalogue().nameOf("never met"), QString());
        add(dog_folder);  // and back again
        QCOMPARE(catalogue().entries().size(), std::size_t{2});
    }

    void aStarterThatAnUpdateReplacedIsKnownAsAnEarlierVersion() {
        open();
        waitForStarter();
        QVERIFY(catalogue().successorOf("id of Starter") == nullptr);
        restartWith("id of a newer one");
        QVERIFY(catalogue().findByIdentity("id of Starter") == nullptr);
        QCOMPARE(catalogue().nameOf("id of Starter"), QStringLiteral("Starter"));
        QVERIFY(catalogue().successorOf("id of Starter") == &catalogue().starter());
        QVERIFY(catalogue().successorOf("never met") == nullptr);
        restartWith("id of a newer one");
        QVERIFY(catalogue().successorOf("id of Starter") == &catalogue().starter());
        // Whoever goes back to the earlier program has its model again.
        restartWith("id of Starter");
        QVERIFY(catalogue().successorOf("id of Starter") == nullptr);
        QVERIFY(catalogue().successorOf("id of a newer one") == &catalogue().starter());
    }

    void filesThatBecameAnotherModelLeaveASuccessorAsLongAsItIsListed() {
        open();
        const ModelId id = add(dog_folder);
        QTRY_COMPARE(catalogue().find(id)->identity, std::string("id of Dog"));
        models_->take(dog_folder);
        catalogue().refreshAll();
        QTRY_VERIFY(app::isMissing(*catalogue().find(id)));
        dog_.script->model.id = "id of Dog, trained on";
        models_->put(dog_folder, dog_);
        catalogue().refreshAll();
        QTRY_COMPARE(catalogue().find(id)->identity, std::string("id of Dog, trained on"));
        QVERIFY(catalogue().successorOf("id of Dog") == catalogue().find(id));
        QVERIFY_OK(catalogue().remove(id));
        QVERIFY(catalogue().successorOf("id of Dog") == nullptr);
        QCOMPARE(catalogue().nameOf("id of Dog"), QStringLiteral("Dog"));
    }

    void whatACommandListsIsSeenWithoutARestart() {
        open();
        waitForStarter();
        const auto stored = tests::must(app::StoredModels::open(app::ProfilePaths::inside(folder_->path()), catalogue().starter().location));
        ModelEntry dog;
        dog.name = QStringLiteral("Dog");
        dog.identity = "id of Dog";
        dog.location = {dog_folder, QStringLiteral("/fake/text")};
        QVERIFY_OK(stored->store(dog));
        QCOMPARE(catalogue().entries().size(), std::size_t{1});
        catalogue().refreshAll();
        QCOMPARE(catalogue().entries().size(), std::size_t{2});
        const ModelId id = catalogue().findByIdentity("id of Dog")->id;
        QTRY_VERIFY(catalogue().find(id)->description);
        switcher().use(id);
        QTRY_COMPARE(switcher().current(), std::optional(id));
    }

    void aVanishedFolderIsSeenAndComesBack() {
        open();
        const ModelId id = add(dog_folder);
        models_->take(dog_folder);
        catalogue().refreshAll();
        QTRY_VERIFY(app::isMissing(*catalogue().find(id)));
        QVERIFY2(catalogue().find(id)->description, "what it was is still known");
        models_->put(dog_folder, dog_);
        catalogue().refreshAll();
        QTRY_VERIFY(!catalogue().find(id)->problem);
    }

    // Switching

    void switchesWithoutARestartAndDrawsWithTheOther() {
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        switcher().use(dog);
        QCOMPARE(switcher().wanted(), std::optional(dog));
        QTRY_COMPARE(switcher().current(), std::optional(dog));
        QVERIFY(!switcher().wanted());
        QCOMPARE(starter_.script->engines.load(), 0);
        const JobId job = tests::must(studio_->generation().submit(anyModelDraws("a dog")));
        QTRY_COMPARE(stateOf(job), JobState::done);
        QCOMPARE(dog_.script->requests().back().width, 24);
        QCOMPARE(dog_.script->requests().back().model_id, std::string("id of Dog"));
        QCOMPARE(studio_->library().request(studio_->library().items().front().id)->model_id, std::string("id of Dog"));
    }

    void theLastUsedModelIsLoadedAtTheNextStart() {
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        switcher().use(dog);
        QTRY_COMPARE(switcher().current(), std::optional(dog));
        reopen();
        QTRY_COMPARE(switcher().current(), std::optional(dog));
        QVERIFY(starter_.script->requests().empty());
    }

    void aLastUsedModelThatVanishedFallsBackToTheStarterAndSaysSo() {
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        switcher().use(dog);
        QTRY_COMPARE(switcher().current(), std::optional(dog));
        studio_.reset();
        models_->take(dog_folder);
        open();
        QList<Error> said;
        connect(&switcher(), &app::ModelSwitcher::fellBack, this, [&](ModelId id, const Error& error) {
            QVERIFY(id == dog);
            said.append(error);
        });
        const JobId early = tests::must(studio_->generation().submit(anyModelDraws("early")));
        QTRY_COMPARE(switcher().current(), std::optional(catalogue().starter().id));
        QCOMPARE(said.size(), 1);
        QCOMPARE(said[0].code, ErrorCode::model_not_found);
        QTRY_VERIFY(app::isMissing(*catalogue().find(dog)));
        QTRY_COMPARE(stateOf(early), JobState::done);
    }

    void aModelNamedAtTheStartGoesBeforeTheLastUsedOne() {
        asked_ = app::ModelLocation{dog_folder, QStringLiteral("/fake/text")};
        open();
        QTRY_VERIFY(switcher().current());
        QCOMPARE(catalogue().find(*switcher().current())->name, QStringLiteral("Dog"));
        QCOMPARE(catalogue().entries().size(), std::size_t{2});
    }

    void whateverFailsThePreviousModelStaysAndDraws_data() {
        QTest::addColumn<bool>("fails_on_loading");
        QTest::newRow("a look into the folder says no") << false;
        QTest::newRow("the weights say no") << true;
    }
    void whateverFailsThePreviousModelStaysAndDraws() {
        QFETCH(bool, fails_on_loading);
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        const Error error{ErrorCode::corrupt_file, "/fake/dog/vae/model.safetensors: tensor \"a\" holds values that are not finite"};
        if (fails_on_loading) dog_.script->load_error = error;
        else dog_.refusal = error;
        models_->put(dog_folder, dog_);
        QList<Error> failures;
        connect(&switcher(), &app::ModelSwitcher::failed, this, [&](ModelId id, const Error& said) {
            QVERIFY(id == dog);
            failures.append(said);
        });
        switcher().use(dog);
        QTRY_COMPARE(failures, QList<Error>{error});
        QVERIFY(!switcher().wanted());
        QCOMPARE(switcher().current(), std::optional(catalogue().starter().id));
        QCOMPARE(starter_.script->engines.load(), 1);
        const JobId job = tests::must(studio_->generation().submit(anyModelDraws("still")));
        QTRY_COMPARE(stateOf(job), JobState::done);
    }

    void theOldModelGoesFirstWhereMemoryDoesNotHoldBoth() {
        starter_.description.load_bytes = 5'000'000'000;
        dog_.description.load_bytes = 6'000'000'000;
        dog_.description.available_bytes = 3'000'000'000;
        models_->put(starter_folder, starter_);
        models_->put(dog_folder, dog_);
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        QTRY_VERIFY(catalogue().starter().description || (catalogue().refreshAll(), false));
        dog_.script->close();
        switcher().use(dog);
        QTRY_COMPARE(starter_.script->engines.load(), 0);
        QTRY_VERIFY(!switcher().current());
        dog_.script->open();
        QTRY_COMPARE(switcher().current(), std::optional(dog));
    }

    void anOldModelThatHadToGoFirstComesBackWhenTheOtherFails() {
        starter_.description.load_bytes = 5'000'000'000;
        dog_.description.load_bytes = 6'000'000'000;
        dog_.description.available_bytes = 3'000'000'000;
        dog_.script->load_error = Error{ErrorCode::corrupt_file, "damaged"};
        models_->put(starter_folder, starter_);
        models_->put(dog_folder, dog_);
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        QTRY_VERIFY(catalogue().starter().description || (catalogue().refreshAll(), false));
        QSignalSpy dropped(&studio_->engine(), &app::EngineThread::modelDropped);
        QSignalSpy failed(&switcher(), &app::ModelSwitcher::failed);
        switcher().use(dog);
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(dropped.size(), 1);
        QCOMPARE(switcher().current(), std::optional(catalogue().starter().id));
        const JobId job = tests::must(studio_->generation().submit(anyModelDraws("again")));
        QTRY_COMPARE(stateOf(job), JobState::done);
    }

    void whatNeverFitsIsRefusedBeforeAnythingIsDropped() {
        dog_.description.load_bytes = 60'000'000'000;
        models_->put(dog_folder, dog_);
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        QList<Error> failures;
        connect(&switcher(), &app::ModelSwitcher::failed, this, [&](ModelId, const Error& said) { failures.append(said); });
        switcher().use(dog);
        QTRY_COMPARE(failures.size(), 1);
        QCOMPARE(failures[0].code, ErrorCode::out_of_memory);
        QVERIFY2(failures[0].detail.find("66.1 GB") != std::string::npos, failures[0].detail.c_str());
        QCOMPARE(dog_.script->engines.load(), 0);
        QCOMPARE(starter_.script->engines.load(), 1);
    }

    void aLoadCanBeCancelled() {
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        QSignalSpy failed(&switcher(), &app::ModelSwitcher::failed);
        QSignalSpy engine_failed(&studio_->engine(), &app::EngineThread::loadFailed);
        dog_.script->close();
        switcher().use(dog);
        QTRY_VERIFY(studio_->engine().isLoading());
        switcher().cancel();
        QVERIFY(!switcher().wanted());
        QTRY_COMPARE(engine_failed.size(), 1);
        QCOMPARE(failed.size(), 0);
        QCOMPARE(switcher().current(), std::optional(catalogue().starter().id));
        const JobId job = tests::must(studio_->generation().submit(anyModelDraws("on")));
        QTRY_COMPARE(stateOf(job), JobState::done);
    }

    void theLastWishCountsWhileOneIsLoading() {
        const QString cat_folder = QStringLiteral("/fake/cat");
        const auto cat = tests::FakeModels::model("Cat");
        models_->put(cat_folder, cat);
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder), cat_id = add(cat_folder);
        dog_.script->close();
        switcher().use(dog);
        QTRY_VERIFY(studio_->engine().isLoading());
        switcher().use(cat_id);
        QTRY_COMPARE(switcher().current(), std::optional(cat_id));
        QVERIFY(!switcher().wanted());
        QCOMPARE(dog_.script->engines.load(), 0);
        studio_.reset();
        QCOMPARE(cat.script->engines.load(), 0);
    }

    void removingTheLoadedModelGoesBackToTheStarter() {
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        switcher().use(dog);
        QTRY_COMPARE(switcher().current(), std::optional(dog));
        QVERIFY_OK(catalogue().remove(dog));
        QTRY_COMPARE(switcher().current(), std::optional(catalogue().starter().id));
    }

    // Jobs and models

    void aSwitchWaitsForThePictureUnderWay() {
        open();
        waitForStarter();
        const ModelId dog = add(dog_folder);
        starter_.script->close();
        const JobId running = tests::must(studio_->generation().submit(anyModelDraws("first")));
        const JobId waiting = tests::must(studio_->generation().submit(anyModelDraws("second")));
        QTRY_COMPARE(stateOf(running), JobState::running);
        switcher().use(dog);
        QTRY_VERIFY(switcher().isWaiting());
        const JobId for_dog = tests::must(studio_->generation().submit(anyModelDraws("third")));
        starter_.script->open();
        QTRY_COMPARE(stateOf(for_dog), JobState::done);
        QCOMPARE(stateOf(running), JobState::done);
        QCOMPARE(switcher().current(), std::optional(dog));
        QCOMPARE(dog_.script->requests().back().prompt, std::string("third"));
        // The second was asked of the starter: it is not drawn with another model, nor lost.
        QCOMPARE(stateOf(waiting), JobState::waiting);
        QVERIFY(studio_->queue().runningOrNext() == nullptr);
        switcher().use(catalogue().starter().id);
        QTRY_COMPARE(stateOf(waiting), JobState::done);
        QCOMPARE(starter_.script->requests().back().prompt, std::string("second"));
    }

    void tryingAJobAgainLoadsItsModel() {
        open();
        waitForStarter();
        starter_.script->error = Error{ErrorCode::internal, "once"};
        const JobId job = tests::must(studio_->generation().submit(anyModelDraws("p")));
        QTRY_COMPARE(stateOf(job), JobState::failed);
        starter_.script->error.reset();
        const ModelId dog = add(dog_folder);
        switcher().use(dog);
        QTRY_COMPARE(switcher().current(), std::optional(dog));
        studio_->queue().retry(job);
        QTRY_COMPARE(stateOf(job), JobState::done);
        QCOMPARE(switcher().current(), std::optional(catalogue().starter().id));
        QCOMPARE(starter_.script->requests().back().prompt, std::string("p"));
    }

    void whatAModelTakesForAPictureIsMeasured() {
        open();
        waitForStarter();
        QCOMPARE(catalogue().measuredRate(), 0.0);
        catalogue().refreshAll();
        QTRY_VERIFY(catalogue().starter().description);
        const JobId job = tests::must(studio_->generation().submit(anyModelDraws("p")));
        QTRY_COMPARE(stateOf(job), JobState::done);
        // The fake engine says that a picture of 2e12 operations took a millisecond.
        QTRY_COMPARE(catalogue().measuredRate(), 2e15);
        reopen();
        QCOMPARE(catalogue().measuredRate(), 2e15);
    }

    // Memory

    void theOrderOfLoadingFollowsFromTheMemory_data() {
        QTest::addColumn<qint64>("available");
        QTest::addColumn<qint64>("held");
        QTest::addColumn<int>("order");
        QTest::newRow("room for both") << qint64{1200} << qint64{0} << static_cast<int>(LoadOrder::beside);
        QTest::newRow("just room for both") << qint64{1150} << qint64{0} << static_cast<int>(LoadOrder::beside);
        QTest::newRow("room for one") << qint64{1149} << qint64{1} << static_cast<int>(LoadOrder::instead);
        QTest::newRow("no room") << qint64{600} << qint64{549} << static_cast<int>(LoadOrder::impossible);
        QTest::newRow("not known") << qint64{0} << qint64{0} << static_cast<int>(LoadOrder::instead);
    }
    void theOrderOfLoadingFollowsFromTheMemory() {
        QFETCH(qint64, available);
        QFETCH(qint64, held);
        QFETCH(int, order);
        inference::ModelDescription next;
        next.load_bytes = 1000;  // and a tenth for the moment of loading
        next.picture_bytes = 50;
        next.available_bytes = available;
        QCOMPARE(static_cast<int>(app::chooseLoadOrder(next, held)), order);
    }

    void aModelThatOnlyFitsLayerByLayerTakesTheOldOnesPlace() {
        inference::ModelDescription next;
        next.load_bytes = 1000;
        next.picture_bytes = 50;
        next.least_bytes = 300;
        next.available_bytes = 600;
        QCOMPARE(app::chooseLoadOrder(next, 0), LoadOrder::instead);
        QVERIFY(app::readsFromDisk(next, 449));
        QVERIFY(!app::readsFromDisk(next, 450));
        next.available_bytes = 200;
        QCOMPARE(app::chooseLoadOrder(next, 100), LoadOrder::instead);
        QCOMPARE(app::chooseLoadOrder(next, 99), LoadOrder::impossible);
        const std::string sentence = app::notEnoughMemory(next, 99).detail;
        QVERIFY2(sentence.find("at least 0.0 GB") != std::string::npos, sentence.c_str());
    }

    void whatALoadedModelHoldsIsWhatItSaysAndNotWhatItsDescriptionAssumed() {
        inference::ModelDescription description;
        description.load_bytes = 1000;
        inference::ModelInfo streamed;
        QCOMPARE(app::heldBytes(&streamed, &description), std::int64_t{1000});
        streamed.weights_bytes = 200;
        QCOMPARE(app::heldBytes(&streamed, &description), std::int64_t{200});
        QCOMPARE(app::heldBytes(nullptr, &description), std::int64_t{0});
        QCOMPARE(app::heldBytes(&streamed, nullptr), std::int64_t{200});
    }

private:
    void open() {
        Application::Options options;
        options.paths = app::ProfilePaths::inside(folder_->path());
        options.models = models_->backend();
        options.starter = {starter_folder, QStringLiteral("/fake/text")};
        options.model = asked_;
        studio_ = tests::must(Application::open(std::move(options)));
    }
    void reopen() {
        studio_.reset();
        open();
    }
    void restartWith(const std::string& identity) {
        studio_.reset();
        starter_.script->model.id = identity;
        open();
        waitForStarter();
    }
    void waitForStarter() { QTRY_COMPARE(switcher().current(), std::optional(catalogue().starter().id)); }
    ModelId add(const QString& folder) {
        std::optional<ModelId> added;
        const auto connection = connect(&catalogue(), &ModelCatalogue::added, this, [&](ModelId id) { added = id; });
        catalogue().add(folder);
        [&] { QTRY_VERIFY(added.has_value()); }();
        disconnect(connection);
        return added.value_or(ModelId{});
    }
    ModelCatalogue& catalogue() { return studio_->models(); }
    app::ModelSwitcher& switcher() { return studio_->modelSwitcher(); }
    JobState stateOf(JobId id) { return studio_->queue().find(id)->state; }

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<tests::FakeModels> models_;
    tests::FakeModels::Model starter_, dog_;
    std::optional<app::ModelLocation> asked_;
    std::unique_ptr<Application> studio_;
};

APP_TEST(models, ModelsTest)
#include "models_test.moc"
