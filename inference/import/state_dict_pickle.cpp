// SPDX-License-Identifier: Apache-2.0
#include "inference/import/state_dict_pickle.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "inference/core/exception.h"

namespace inference {
namespace {

constexpr std::size_t max_values = 300'000;  // a thousand tensors take twenty thousand
constexpr std::size_t max_text = 1'000'000;
constexpr std::size_t max_storage_key = 256;
constexpr std::size_t max_dimensions = 8;

/// A value's place in the arena. Values refer to one another by place, so that nothing recurses however deep a hostile pickle nests.
using Ref = std::uint32_t;

enum class Kind { mark, none, boolean, integer, real, text, tuple, list, dictionary, callable, storage, tensor };
enum class Callable { ordered_dict, rebuild_tensor, rebuild_parameter, float_storage, half_storage, bfloat16_storage };

struct Value {
    Kind kind;
    std::int64_t number = 0;  ///< integer, boolean, Callable, or the index of a storage or tensor
    std::string text;
    std::vector<Ref> items;  ///< of a tuple or list; keys and values in turn of a dictionary
};

struct Storage {
    torch::ScalarType dtype;
    std::string key;
    std::int64_t elements;
};

constexpr std::pair<std::string_view, Callable> callables[] = {
    {"collections OrderedDict", Callable::ordered_dict},
    {"torch._utils _rebuild_tensor_v2", Callable::rebuild_tensor},
    {"torch._utils _rebuild_parameter", Callable::rebuild_parameter},
    {"torch FloatStorage", Callable::float_storage},
    {"torch HalfStorage", Callable::half_storage},
    {"torch BFloat16Storage", Callable::bfloat16_storage},
};

/// The pickle machine: a stack of references, marks in it, and a memo.
class Machine {
public:
    Machine(std::string_view pickle, const std::string& name) : rest_(pickle), size_(pickle.size()), name_(name) {}

    std::map<std::string, PickledTensor> run() {
        while (!stopped_) step(static_cast<unsigned char>(take(1)[0]));
        return state_dict();
    }

private:
    [[noreturn]] void fail_corrupt(const std::string& what) const {
        fail(ErrorCode::corrupt_file, name_ + ": byte " + std::to_string(size_ - rest_.size()) + " of the pickle " + what);
    }
    [[noreturn]] void fail_unsupported(const std::string& what) const {
        fail(ErrorCode::unsupported_model, name_ + ": " + what + "; only a dictionary of tensors is read");
    }

    // Input

    std::string_view take(std::size_t count) {
        if (count > rest_.size()) fail_corrupt("is behind its end");
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    template <typename Number> Number number() {
        Number value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    std::string_view line() {
        const auto end = rest_.substr(0, max_text).find('\n');
        if (end == std::string_view::npos) fail_corrupt("begins a line without an end");
        const auto text = take(end);
        take(1);
        return text;
    }
    std::string text(std::size_t count) {
        if (count > max_text) fail_corrupt("is a text that is too long");
        return std::string(take(count));
    }

    // Values

    Ref make(Value value) {
        if (values_.size() >= max_values) fail_corrupt("makes more values than a dictionary of tensors has");
        values_.push_back(std::move(value));
        return static_cast<Ref>(values_.size() - 1);
    }
    void push(Ref ref) {
        if (++pushes_ > max_values) fail_corrupt("makes more values than a dictionary of tensors has");
        stack_.push_back(ref);
    }
    void push(Value value) { push(make(std::move(value))); }
    Ref pop() {
        if (stack_.empty() || values_[stack_.back()].kind == Kind::mark) fail_corrupt("takes a value that is not there");
        const auto ref = stack_.back();
        stack_.pop_back();
        return ref;
    }
    std::vector<Ref> pop_to_mark() {
        auto mark = stack_.size();
        while (mark > 0 && values_[stack_[mark - 1]].kind != Kind::mark) --mark;
        if (mark == 0) fail_corrupt("looks for a mark that is not there");
        std::vector<Ref> items(stack_.begin() + static_cast<std::ptrdiff_t>(mark), stack_.end());
        stack_.resize(mark - 1);
        return items;
    }
    std::vector<Ref> pop_items(std::size_t count) {
        std::vector<Ref> items(count);
        for (auto i = count; i-- > 0;) items[i] = pop();
        return items;
    }
    const Value& value(Ref ref) const { return values_[ref]; }
    Value& top(Kind kind) {
        if (stack_.empty() || values_[stack_.back()].kind != kind) fail_corrupt("adds to something that it cannot be added to");
        return values_[stack_.back()];
    }
    std::int64_t integer(Ref ref) const {
        if (value(ref).kind != Kind::integer) fail_corrupt("describes a tensor with something else than a whole number");
        return value(ref).number;
    }

    /// One list can be recalled and copied again and again.
    void count_copied(std::size_t items) {
        copied_ += items;
        if (copied_ > max_values) fail_corrupt("copies more values than a dictionary of tensors has");
    }
    void memoise(std::uint32_t key) {
        if (stack_.empty()) fail_corrupt("remembers a value that is not there");
        memo_[key] = stack_.back();
        if (memo_.size() > max_values) fail_corrupt("remembers too many values");
    }
    void recall(std::uint32_t key) {
        const auto found = memo_.find(key);
        if (found == memo_.end()) fail_corrupt("recalls a value that is not there");
        push(found->second);
    }

    // Opcodes

    void step(unsigned char opcode) {
        switch (opcode) {
        case 0x80: return protocol();
        case '.': stopped_ = true; return;
        case '(': return push(Value{Kind::mark, 0, {}, {}});
        case '0': pop(); return;
        case 'N': return push(Value{Kind::none, 0, {}, {}});
        case 0x88: return push(Value{Kind::boolean, 1, {}, {}});
        case 0x89: return push(Value{Kind::boolean, 0, {}, {}});
        case 'J': return push(Value{Kind::integer, number<std::int32_t>(), {}, {}});
        case 'K': return push(Value{Kind::integer, number<std::uint8_t>(), {}, {}});
        case 'M': return push(Value{Kind::integer, number<std::uint16_t>(), {}, {}});
        case 0x8a: return long_integer();
        case 'G': take(8); return push(Value{Kind::real, 0, {}, {}});
        case 'X': return push(Value{Kind::text, 0, text(number<std::uint32_t>()), {}});
        case 'U': return push(Value{Kind::text, 0, text(number<std::uint8_t>()), {}});
        case ')': return push(Value{Kind::tuple, 0, {}, {}});
        case 't': return push(Value{Kind::tuple, 0, {}, pop_to_mark()});
        case 0x85: return push(Value{Kind::tuple, 0, {}, pop_items(1)});
        case 0x86: return push(Value{Kind::tuple, 0, {}, pop_items(2)});
        case 0x87: return push(Value{Kind::tuple, 0, {}, pop_items(3)});
        case ']': return push(Value{Kind::list, 0, {}, {}});
        case 'a': return append({pop()}, Kind::list);
        case 'e': return append(pop_to_mark(), Kind::list);
        case '}': return push(Value{Kind::dictionary, 0, {}, {}});
        case 's': return append(pop_items(2), Kind::dictionary);
        case 'u': return append(pop_to_mark(), Kind::dictionary);
        case 'q': return memoise(number<std::uint8_t>());
        case 'r': return memoise(number<std::uint32_t>());
        case 'h': return recall(number<std::uint8_t>());
        case 'j': return recall(number<std::uint32_t>());
        case 'c': return global();
        case 'Q': return persistent();
        case 'R': return reduce();
        case 'b': return build();
        default: fail_unsupported("opcode " + std::to_string(opcode) + " at byte " + std::to_string(size_ - rest_.size() - 1) + " of the pickle");
        }
    }

    void protocol() {
        if (const auto version = number<std::uint8_t>(); version > 2)
            fail_unsupported("pickle protocol " + std::to_string(version) + " where torch.save writes 2");
    }
    void long_integer() {
        const auto bytes = take(number<std::uint8_t>());
        if (bytes.size() > sizeof(std::int64_t)) fail_corrupt("is a whole number of more than 64 bits");
        std::int64_t result = !bytes.empty() && (bytes.back() & 0x80) != 0 ? -1 : 0;
        std::memcpy(&result, bytes.data(), bytes.size());
        push(Value{Kind::integer, result, {}, {}});
    }
    void append(std::vector<Ref> items, Kind kind) {
        auto& target = top(kind).items;
        if (kind == Kind::dictionary && items.size() % 2 != 0) fail_corrupt("adds a key without a value");
        target.insert(target.end(), items.begin(), items.end());
    }
    void global() {
        const std::string module(line());
        const auto wanted = module + " " + std::string(line());
        for (const auto& [name, callable] : callables) {
            if (name == wanted) return push(Value{Kind::callable, static_cast<std::int64_t>(callable), {}, {}});
        }
        fail_unsupported("the pickle asks for \"" + wanted.substr(0, 200) + "\"");
    }
    /// ("storage", storage type, key, device, elements)
    void persistent() {
        const auto id = pop();
        const auto& parts = value(id).items;
        const bool formed = value(id).kind == Kind::tuple && parts.size() == 5 && value(parts[0]).text == "storage" &&
            value(parts[1]).kind == Kind::callable && value(parts[2]).kind == Kind::text && value(parts[4]).kind == Kind::integer;
        if (!formed) fail_corrupt("refers to something else than a storage");
        std::optional<torch::ScalarType> dtype;
        switch (static_cast<Callable>(value(parts[1]).number)) {
        case Callable::float_storage: dtype = torch::kFloat32; break;
        case Callable::half_storage: dtype = torch::kFloat16; break;
        case Callable::bfloat16_storage: dtype = torch::kBFloat16; break;
        default: fail_corrupt("refers to a storage of no type");
        }
        const auto elements = value(parts[4]).number;
        if (elements < 0) fail_corrupt("has a storage of a negative size");
        if (value(parts[2]).text.size() > max_storage_key) fail_corrupt("gives a storage a name that is too long");
        storages_.push_back({*dtype, value(parts[2]).text, elements});
        push(Value{Kind::storage, static_cast<std::int64_t>(storages_.size() - 1), {}, {}});
    }
    void reduce() {
        const auto arguments = pop(), function = pop();
        if (value(function).kind != Kind::callable || value(arguments).kind != Kind::tuple) fail_corrupt("calls something that cannot be called");
        const auto items = value(arguments).items;
        count_copied(items.size());
        switch (static_cast<Callable>(value(function).number)) {
        case Callable::ordered_dict: return ordered_dict(items);
        case Callable::rebuild_tensor: return rebuild_tensor(items);
        case Callable::rebuild_parameter:
            if (items.empty() || value(items[0]).kind != Kind::tensor) fail_corrupt("makes a parameter of something else than a tensor");
            return push(items[0]);
        default: fail_corrupt("calls a storage");
        }
    }
    /// Without arguments, or with a list of pairs.
    void ordered_dict(const std::vector<Ref>& arguments) {
        Value dictionary{Kind::dictionary, 0, {}, {}};
        if (arguments.size() > 1 || (arguments.size() == 1 && value(arguments[0]).kind != Kind::list))
            fail_corrupt("makes a dictionary of something else than pairs");
        for (const auto pair : arguments.empty() ? std::vector<Ref>() : value(arguments[0]).items) {
            const auto& items = value(pair).items;
            if (value(pair).kind == Kind::dictionary || items.size() != 2) fail_corrupt("makes a dictionary of something else than pairs");
            count_copied(items.size());
            dictionary.items.insert(dictionary.items.end(), items.begin(), items.end());
        }
        push(std::move(dictionary));
    }
    /// (storage, offset, shape, strides, requires_grad, hooks)
    void rebuild_tensor(const std::vector<Ref>& arguments) {
        const bool formed = arguments.size() >= 6 && value(arguments[0]).kind == Kind::storage && value(arguments[2]).kind == Kind::tuple &&
            value(arguments[3]).kind == Kind::tuple && value(arguments[2]).items.size() <= max_dimensions &&
            value(arguments[3]).items.size() == value(arguments[2]).items.size();
        if (!formed) fail_corrupt("rebuilds a tensor of something else than a storage, a shape and its strides");
        const auto& storage = storages_[static_cast<std::size_t>(value(arguments[0]).number)];
        PickledTensor tensor{storage.dtype, storage.key, storage.elements, integer(arguments[1]), {}, {}};
        for (const auto side : value(arguments[2]).items) tensor.shape.push_back(integer(side));
        for (const auto stride : value(arguments[3]).items) tensor.strides.push_back(integer(stride));
        tensors_.push_back(std::move(tensor));
        push(Value{Kind::tensor, static_cast<std::int64_t>(tensors_.size() - 1), {}, {}});
    }
    /// A module's state dict carries its version numbers as an attribute; they change nothing.
    void build() {
        pop();
        if (stack_.empty() || value(stack_.back()).kind != Kind::dictionary) fail_unsupported("the pickle sets the state of an object");
    }

    std::map<std::string, PickledTensor> state_dict() {
        const auto root = pop();
        if (value(root).kind != Kind::dictionary) fail_unsupported("the pickle holds no dictionary");
        std::map<std::string, PickledTensor> result;
        const auto& items = value(root).items;
        for (std::size_t i = 0; i < items.size(); i += 2) {
            const auto& key = value(items[i]);
            if (key.kind != Kind::text) fail_unsupported("a key of the dictionary is no text");
            const auto& entry = value(items[i + 1]);
            if (entry.kind != Kind::tensor) fail_unsupported("the entry \"" + key.text.substr(0, 200) + "\" is no tensor");
            if (!result.emplace(key.text, tensors_[static_cast<std::size_t>(entry.number)]).second) {
                fail(ErrorCode::corrupt_file, name_ + ": tensor \"" + key.text.substr(0, 200) + "\" is there twice");
            }
        }
        return result;
    }

    std::string_view rest_;
    std::size_t size_;
    const std::string& name_;
    bool stopped_ = false;
    std::size_t pushes_ = 0, copied_ = 0;
    std::vector<Value> values_;
    std::vector<Ref> stack_;
    std::unordered_map<std::uint32_t, Ref> memo_;
    std::vector<Storage> storages_;
    std::vector<PickledTensor> tensors_;
};

}  // namespace

std::map<std::string, PickledTensor> read_state_dict_pickle(std::string_view pickle, const std::string& name) { return Machine(pickle, name).run(); }

}  // namespace inference
